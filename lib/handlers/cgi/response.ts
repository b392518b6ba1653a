/** What a script's head comes to for the client, and whether there is a body to wait for (RFC 3875 §6.2). Pure. */

import { conditionsOf, evaluate } from "../../http/conditionals.ts";
import { parseHttpDate } from "../../http/dates.ts";
import { redirectPage } from "../../http/error-page.ts";
import type { Field, RequestHead } from "../../http/exchange.ts";
import { responseHead, type ResponseHead } from "../../http/response-head.ts";
import type { ScriptHead } from "./script-head.ts";

export type ScriptAnswer =
  /** The script's own, whose body follows. */
  | { readonly kind: "document"; readonly head: ResponseHead }
  /** The server's answer, whatever else the script has to say. */
  | { readonly kind: "page"; readonly head: ResponseHead; readonly body: string }
  | { readonly kind: "status"; readonly status: number }
  /** Another resource of the site answers. */
  | { readonly kind: "inside"; readonly target: string };

export function answerOf(request: RequestHead, { status, reason, location, fields }: ScriptHead): ScriptAnswer {
  if (status === null && location.startsWith("/")) return { kind: "inside", target: location };
  if (status === null && location !== "") {
    const kept = fields.filter(([name]) => !/^content-/i.test(name));
    const head = responseHead(302, [...kept, ["Content-Type", "text/html; charset=utf-8"]]);
    return { kind: "page", head, body: redirectPage(302, location) };
  }
  if (status === null || status === 200) {
    const verdict = verdictOn(request, fields);
    if (verdict === "failed") return { kind: "status", status: 412 };
    const unchanged = fields.filter(([name]) => !/^content-(?:length|type)$/i.test(name));
    if (verdict === "not modified") return { kind: "page", head: responseHead(304, unchanged), body: "" };
  }
  return { kind: "document", head: status === null ? responseHead(200, fields) : responseHead(status, fields, reason) };
}

/** Scripts that say how new their answer is needn't look for themselves what the client has, as with Apache. */
function verdictOn(request: RequestHead, fields: readonly Field[]): ReturnType<typeof evaluate> {
  const etag = valueOf(fields, "etag");
  const modified = valueOf(fields, "last-modified");
  if (etag === undefined && modified === undefined) return "proceed";
  const nowMs = Date.now();
  // No date is never older and never newer than another: NaN.
  const lastModifiedMs = (modified === undefined ? undefined : parseHttpDate(modified, nowMs)) ?? Number.NaN;
  return evaluate(request.method, conditionsOf(request), { etag: etag ?? "", lastModifiedMs, weak: true }, nowMs);
}

function valueOf(fields: readonly Field[], lowerName: string): string | undefined {
  return fields.find(([name]) => name.toLowerCase() === lowerName)?.[1];
}
