/** The head of the page that answers what was no request. */

import { currentDate } from "../dates.ts";
import type { ResponseHead } from "../response-head.ts";

export function refusalHead({ status, reason, lines }: ResponseHead, pageBytes: number): string {
  return (
    `HTTP/1.1 ${status} ${reason}\r\nDate: ${currentDate()}\r\nServer: Malt\r\n` +
    `${lines}Content-Length: ${pageBytes}\r\nConnection: close\r\n\r\n`
  );
}
