/** Reads the head of a worker's RESPONSE: "200 OK\0Name\0value\0…". Pure, but for the heads it remembers. */

import type { Field } from "../../http/exchange.ts";
import { responseHead, type ResponseHead } from "../../http/response-head.ts";

/** Applications repeat their heads; those with a cookie or a length in them don't, hence the bounds. */
const MAX_KEPT = 512;
const MAX_KEPT_CHARACTERS = 1024;
const kept = new Map<string, ResponseHead>();

/** Comparing is cheaper than hashing, and under load one head follows another like it. */
let lastText = "";
let lastHead: ResponseHead | undefined;

/** @returns undefined when the text is no head: the worker is broken. */
export function readWorkerHead(text: string): ResponseHead | undefined {
  if (text === lastText) return lastHead;
  lastHead = kept.get(text) ?? parse(text);
  lastText = text;
  return lastHead;
}

function parse(text: string): ResponseHead | undefined {
  const parts = text.split("\0");
  const statusText = parts[0] as string;
  const status = Number(statusText.slice(0, 3));
  if (!(status >= 200 && status <= 999) || parts.length % 2 === 0) return undefined;
  const fields: Field[] = [];
  for (let i = 1; i < parts.length; i += 2) fields.push([parts[i] as string, parts[i + 1] as string]);
  const made = responseHead(status, fields, statusText.slice(4));
  const inside = status === 200 ? insideOf(fields) : undefined;
  const head = inside === undefined ? made : { ...made, inside };
  if (text.length <= MAX_KEPT_CHARACTERS) {
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(text, head);
  }
  return head;
}

/** As in CGI (RFC 3875 §6.3.2), which the original takes this from: "Location: /path" of a good answer is no redirect. */
function insideOf(fields: readonly Field[]): string | undefined {
  const location = fields.find(([name]) => name.toLowerCase() === "location")?.[1];
  return location?.startsWith("/") === true ? location : undefined;
}
