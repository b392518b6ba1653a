/** What every response of HTTP/1 begins with. */

import { currentDate } from "../dates.ts";
import type { ResponseHead } from "../response-head.ts";

/** The status line, Date and Server. */
export function firstLines({ status, reason, stamps }: ResponseHead): string {
  const line = `HTTP/1.1 ${status} ${reason}\r\n`;
  if (stamps === null) return `${line}Date: ${currentDate()}\r\nServer: Malt\r\n`;
  return line + stamps.map(([name, value]) => `${name}: ${value}\r\n`).join("");
}
