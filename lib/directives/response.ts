/** What directives make of a response: lifetimes, charsets, fields. Pure, but for the clock of the request. */

import { formatHttpDate } from "../http/dates.ts";
import type { Field } from "../http/exchange.ts";
import type { Config, Expires, Lifetime } from "./config/config.ts";
import { contextOf } from "./expressions/context.ts";
import { editFields } from "./modules/header-edit.ts";
import { fieldOf, type Request } from "./request.ts";

/** How a response came about. */
export interface Origin {
  /** The server's own page for a status, of which only `Header always` is about. */
  readonly isOwn: boolean;
  /** When the file was modified; null for anything but a file. */
  readonly modifiedMs: number | null;
}

/** The fields of a response as the client gets them. */
export function finishFields(
  config: Config,
  request: Request,
  status: number,
  given: readonly Field[],
  { isOwn, modifiedMs }: Origin,
): Field[] {
  let fields: Field[] = [...given];
  if (config.mime?.defaultCharset !== undefined) fields = withCharset(fields, config.mime.defaultCharset);
  if (!isOwn && config.expires?.active === true) fields = withLifetime(fields, config.expires, request, modifiedMs);
  for (const cookie of request.cookies) fields.push(["Set-Cookie", cookie]);
  for (const name of request.vary) fields = withVary(fields, name);
  const edits = config.responseEdits;
  if (edits === undefined) return fields;
  const context = contextOf(request);
  for (const always of [true, false]) {
    if (!always && isOwn) break;
    request.response = { status, fields };
    fields = editFields(
      fields,
      edits.filter((edit) => edit.always === always),
      context,
      request.fields,
    );
  }
  return fields;
}

function withCharset(fields: readonly Field[], charset: string | null): Field[] {
  if (charset === null) return [...fields];
  return fields.map(([name, value]): Field => {
    const isBare = name.toLowerCase() === "content-type" && /^text\/(?:plain|html)\s*$/i.test(value);
    return isBare ? [name, `${value.trim()}; charset=${charset}`] : [name, value];
  });
}

function withLifetime(
  fields: readonly Field[],
  expires: Expires,
  request: Request,
  modifiedMs: number | null,
): Field[] {
  if (fieldOf(fields, "expires") !== undefined) return [...fields];
  const type = fieldOf(fields, "content-type")?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const lifetime: Lifetime | undefined =
    expires.byType.get(type) ?? expires.byType.get(type.replace(/\/.*/, "/*")) ?? expires.fallback;
  if (lifetime === undefined || (lifetime.from === "modification" && modifiedMs === null)) return [...fields];
  const nowMs = Math.floor(request.head.startedUs / 1_000_000) * 1000;
  const fromMs = lifetime.from === "access" ? nowMs : Math.floor((modifiedMs as number) / 1000) * 1000;
  const expiresMs = fromMs + lifetime.seconds * 1000;
  const age = `max-age=${Math.floor((expiresMs - nowMs) / 1000)}`;
  const control = fields.findIndex(([name]) => name.toLowerCase() === "cache-control");
  const before = fields[control];
  const rest =
    before === undefined
      ? [...fields, ["Cache-Control", age] as Field]
      : fields.with(control, [before[0], `${before[1]}, ${age}`]);
  return [...rest, ["Expires", formatHttpDate(expiresMs)]];
}

function withVary(fields: readonly Field[], name: string): Field[] {
  const at = fields.findIndex(([each]) => each.toLowerCase() === "vary");
  const before = fields[at];
  if (before === undefined) return [...fields, ["Vary", name]];
  const members = new Set(before[1].split(",").map((member) => member.trim().toLowerCase()));
  if (members.has("*") || members.has(name.toLowerCase())) return [...fields];
  return fields.with(at, [before[0], `${before[1]}, ${name}`]);
}
