/** The functions of expressions: `req('Name')`, `tolower(…)`, also as `%{req:Name}`. */

import { escapeUri, unescapeUri } from "../escape.ts";
import { fieldOf } from "../request.ts";
import { environmentOf } from "../variables.ts";
import type { Text, Context } from "./context.ts";

type Function = (value: string, context: Context) => string;

/** @returns undefined when there is no such function */
export function functionNamed(name: string, argument: Text): Text | undefined {
  const apply = FUNCTIONS[name.toLowerCase()];
  return apply === undefined ? undefined : (context) => apply(argument(context), context);
}

const requestField: Function = (name, { request }) => {
  // RFC 9110 §12.5.5: Host is part of what was asked for, whatever Vary says.
  if (name.toLowerCase() !== "host") request.vary.add(name);
  return fieldOf(request.fields, name) ?? "";
};
const quietField: Function = (name, { request }) => fieldOf(request.fields, name) ?? "";
const variable: Function = (name, { request }) => environmentOf(request, name);

const FUNCTIONS: Readonly<Record<string, Function>> = {
  req: requestField,
  http: requestField,
  req_novary: quietField,
  resp: (name, { request }) => fieldOf(request.response?.fields ?? [], name) ?? "",
  reqenv: (name, { request }) => request.env.get(name) ?? "",
  osenv: (name, { request }) => request.world.environment(name) ?? "",
  env: variable,
  note: () => "",
  tolower: (text) => text.toLowerCase(),
  toupper: (text) => text.toUpperCase(),
  escape: (text) => escapeUri(text),
  unescape: (text) => unescapeUri(text),
  base64: (text) => Buffer.from(text, "latin1").toString("base64"),
  unbase64: (text) => Buffer.from(text, "base64").toString("latin1"),
  md5: (text) => hash("md5", text),
  sha1: (text) => hash("sha1", text),
  filesize: (path, { request }) => `${request.world.stat(path)?.size ?? 0}`,
  filemod: (path, { request }) => `${Math.floor((request.world.stat(path)?.modifiedMs ?? 0) * 1000)}`,
};

function hash(algorithm: "md5" | "sha1", text: string): string {
  return new Bun.CryptoHasher(algorithm).update(Buffer.from(text, "latin1")).digest("hex");
}
