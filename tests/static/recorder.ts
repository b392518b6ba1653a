/** An exchange that notes what was sent, and reads and closes the descriptors it is given as a real one does. */

import { closeSync, readdirSync, readSync, readlinkSync } from "node:fs";
import type { Exchange, FileSlice, RequestHead } from "../../lib/http/exchange.ts";
import { isBodyless, type ResponseHead } from "../../lib/http/response-head.ts";

export interface Sent {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  /** As the client would see it, latin-1. */
  readonly body: string;
  /** The length that is announced to the client; -1 when there is none. */
  readonly length: number;
  readonly by: "send" | "sendParts";
  readonly descriptors: readonly number[];
}

export function recorder(head: RequestHead): { exchange: Exchange; sent: () => Sent } {
  const answers: Sent[] = [];
  function note(given: ResponseHead, bytes: Buffer, by: Sent["by"], descriptors: readonly number[]): void {
    const response = used.headFilter?.(given) ?? given;
    const bodyless = head.method === "HEAD" || isBodyless(response.status);
    const length = response.contentLength >= 0 ? response.contentLength : bytes.length;
    answers.push({
      status: response.status,
      fields: Object.fromEntries(response.fields),
      body: bodyless ? "" : bytes.toString("latin1"),
      length: isBodyless(response.status) ? -1 : length,
      by,
      descriptors,
    });
  }
  const used: Partial<Exchange> = {
    head,
    headFilter: null,
    send: (response, body) => note(response, Buffer.from(body as string), "send", []),
    sendKept: (response, { bytes }) => note(response, Buffer.from(bytes), "send", []),
    sendParts(response, parts) {
      const slices = parts.filter((part) => typeof part !== "string");
      const chunks = parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : readSlice(part)));
      // A descriptor that was given twice is closed twice, which fails.
      for (const { fd } of slices) closeSync(fd);
      note(
        response,
        Buffer.concat(chunks),
        "sendParts",
        slices.map(({ fd }) => fd),
      );
    },
  };
  return {
    exchange: used as Exchange,
    sent() {
      const [answer, ...more] = answers;
      if (answer === undefined || more.length > 0) throw new Error(`${answers.length} answers were sent`);
      return answer;
    },
  };
}

function readSlice({ fd, offset, length }: FileSlice): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
}

/** The files below `path` that this process has open. */
export function openFilesBelow(path: string): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(path) ? [target] : [];
    } catch {
      return [];
    }
  });
}
