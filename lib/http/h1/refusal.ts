/** The head of the page that answers what was no request. */

import { currentDate } from "../dates.ts";
import { reasonPhrase } from "../status.ts";

export function refusalHead(status: number, pageBytes: number): string {
  return (
    `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\nDate: ${currentDate()}\r\nServer: Malt\r\n` +
    `Content-Type: text/html; charset=utf-8\r\nContent-Length: ${pageBytes}\r\nConnection: close\r\n\r\n`
  );
}
