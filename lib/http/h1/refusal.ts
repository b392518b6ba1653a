/** The head of the page that answers what was no request. */

import type { ResponseHead } from "../response-head.ts";
import { firstLines } from "./first-lines.ts";

export function refusalHead(response: ResponseHead, pageBytes: number): string {
  return `${firstLines(response)}${response.lines}Content-Length: ${pageBytes}\r\nConnection: close\r\n\r\n`;
}
