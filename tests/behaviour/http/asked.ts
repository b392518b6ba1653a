/** Requests that say exactly which host they are for, and what comes back. */

import type { Server } from "../../harness/server.ts";

export interface Told {
  readonly status: number;
  readonly location: string | null;
  readonly head: string;
  readonly body: string;
}

/** @param host null for HTTP/1.0 without one. @param preface bytes in front of the request */
export async function ask(
  server: Server,
  host: string | null,
  {
    lines = [],
    target = "/",
    preface = "",
  }: { lines?: readonly string[]; target?: string; preface?: string | Buffer } = {},
): Promise<Told> {
  const first = host === null ? [`GET ${target} HTTP/1.0`] : [`GET ${target} HTTP/1.1`, `Host: ${host}`];
  const text = `${[...first, ...lines, "Connection: close"].join("\r\n")}\r\n\r\n`;
  return told(await server.raw(Buffer.concat([Buffer.from(preface), Buffer.from(text, "latin1")])));
}

export function told(response: string): Told {
  const end = response.indexOf("\r\n\r\n");
  const head = response.slice(0, end);
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    location: /^Location: (.*)$/m.exec(head)?.[1]?.trim() ?? null,
    head,
    body: response.slice(end + 4),
  };
}

/** The environ that tests/apps/echo.py tells of. */
export function environOf({ body }: Told): Record<string, string> {
  return (JSON.parse(body) as { environ: Record<string, string> }).environ;
}
