/** Plays bytes to a connection in memory, in pieces of any size, and says what came of them. */

import type { Exchange } from "../../../../lib/http/exchange.ts";
import { responseHead } from "../../../../lib/http/response-head.ts";
import { line, type Line } from "../line.ts";
import type { Taken } from "./entry.ts";

/** A request whose body has arrived. */
export interface Seen extends Omit<Taken, "environ" | "status"> {
  /** All its variables. */
  readonly environ: Readonly<Record<string, string>>;
}

export interface Played {
  readonly requests: readonly Seen[];
  /** Statuses that the client gets, without interim ones. */
  readonly answers: readonly number[];
  readonly state: Line["socket"]["state"];
}

/** Pieces of so many bytes: asked anew for each. */
export type Cut = () => number;

export const whole: Cut = () => Infinity;
export const bytewise: Cut = () => 1;

/** @param ends the client closes its half behind the last byte. */
export function play(bytes: Buffer, cut: Cut, ends = false): Played {
  const requests: Seen[] = [];
  const server = line((exchange) => collect(exchange, requests), { maxBodyBytes: 10_485_760 });
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(at + cut(), bytes.length);
    // A copy: the connection may keep what it gets.
    server.connection.receive(Buffer.from(bytes.subarray(at, end)));
    at = end;
  }
  if (ends) server.connection.ended();
  const statuses = [...server.sent().matchAll(/HTTP\/1\.1 ([2-5]\d\d) /g)].map((match) => Number(match[1]));
  return { requests, answers: statuses, state: server.socket.state };
}

/** Takes the body of a request, notes both, and answers. */
function collect(exchange: Exchange, requests: Seen[]): void {
  const parts: Buffer[] = [];
  const finish = (): void => {
    requests.push(seen(exchange, Buffer.concat(parts).toString("latin1")));
    exchange.send(ANSWER, "");
  };
  if (exchange.body === null) return finish();
  exchange.owner = {
    bodyComplete: () => undefined,
    bodyArrived(_exchange, bytes, last) {
      parts.push(Buffer.from(bytes));
      if (last) finish();
      else exchange.body?.pull(bytes.length);
    },
    bodyFailed: () => exchange.fail(),
    sent: () => undefined,
    gone: () => undefined,
    stalled: () => undefined,
  };
  exchange.body.pull(1000);
}

function seen({ head }: Exchange, body: string): Seen {
  const words = head.fieldEnviron.split("\0").slice(1);
  const environ: Record<string, string> = {};
  for (let at = 0; at < words.length; at += 2) environ[words[at] as string] = words[at + 1] as string;
  const { method, target, path, query, version } = head;
  return { method, target, path, query, host: environ["HTTP_HOST"] ?? "", version, body, environ };
}

const ANSWER = responseHead(200, []);
