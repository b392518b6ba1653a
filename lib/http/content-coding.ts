/**
 * Compression as the messages of HTTP see it (RFC 9110 §8.4, §12.5.3): what may be compressed, into what, what the head says
 * of it, and what conditions on a compressed response mean for the one that was compressed. Pure, but for what it remembers.
 */

import Negotiator from "negotiator";
import type { Field, RequestHead } from "./exchange.ts";
import { responseHead, type ResponseHead } from "./response-head.ts";

export type Coding = "zstd" | "br" | "gzip";

/** Of what a client takes equally: the one that costs the processor least for what it saves. */
export const CODINGS: readonly Coding[] = ["zstd", "br", "gzip"];

/** Browsers send a handful of different lists; whoever makes them up by the thousand is not worth remembering. */
const MAX_KEPT = 256;
const kept = new Map<string, Coding | null>();

/** What to compress with for this value of Accept-Encoding, or null. */
export function codingFor(accepted: string, codings: readonly Coding[] = CODINGS): Coding | null {
  if (codings !== CODINGS) return negotiate(accepted, codings);
  let coding = kept.get(accepted);
  if (coding === undefined) {
    coding = negotiate(accepted, codings);
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(accepted, coding);
  }
  return coding;
}

function negotiate(accepted: string, codings: readonly Coding[]): Coding | null {
  // §8.4.1.3: x-gzip is another name for it.
  const headers = { "accept-encoding": accepted.replaceAll(/\bx-gzip\b/gi, "gzip") };
  const [best] = new Negotiator({ headers }).encodings([...codings, "identity"], { preferred: codings });
  return best === undefined || best === "identity" ? null : (best as Coding);
}

/** What the original compresses, and what else is text (RFC 6839 says it by the end of the name) or as loose as text. */
const COMPRESSIBLE =
  /^(?:text\/(?:plain|html|xml|css|javascript|csv|markdown|calendar|vtt)|application\/(?:(?:x-)?javascript|json|xml|wasm|vnd\.ms-fontobject|[\w.-]+\+(?:json|xml))|image\/svg\+xml|font\/[ot]tf)[ \t]*(?:;|$)/i;

/** What compressing comes to for responses with one head. */
export interface CodedHead {
  /** With Vary, for when the body stays as it is. */
  readonly plain: ResponseHead;
  /** The head of the compressed response, without a Content-Length. */
  in(coding: Coding): ResponseHead;
}

const codedHeads = new WeakMap<ResponseHead, CodedHead | "as it is">();

/** @returns "as it is" for what isn't to be compressed for anybody */
export function codedHeadOf(response: ResponseHead): CodedHead | "as it is" {
  let coded = codedHeads.get(response);
  if (coded === undefined) codedHeads.set(response, (coded = codeHead(response)));
  return coded;
}

function codeHead(response: ResponseHead): CodedHead | "as it is" {
  const { status, fields } = response;
  if (status < 200 || status === 204 || status === 205 || status === 206 || status === 304) return "as it is";
  if (!COMPRESSIBLE.test(valueOf(fields, "content-type"))) return "as it is";
  // What is compressed already, a part of something, or to be left alone (RFC 9111 §5.2.2.6).
  if (!/^(?:identity)?$/i.test(valueOf(fields, "content-encoding"))) return "as it is";
  if (valueOf(fields, "content-range") !== "") return "as it is";
  if (/(?:^|[\s,])no-transform(?:[\s,]|$)/i.test(valueOf(fields, "cache-control"))) return "as it is";

  const varied = withVary(fields);
  const codings = new Map<Coding, ResponseHead>();
  return {
    plain: withFields(response, varied, response.contentLength),
    in(coding) {
      let made = codings.get(coding);
      if (made === undefined) codings.set(coding, (made = withFields(response, codedFields(varied, coding), -1)));
      return made;
    },
  };
}

/** Digests and ranges are of bytes that the client doesn't get. */
const OF_THE_BYTES = new Set(["content-encoding", "accept-ranges", "content-md5", "digest", "content-digest"]);

function codedFields(fields: readonly Field[], coding: Coding): Field[] {
  const others = fields.filter(([name]) => !OF_THE_BYTES.has(name.toLowerCase()));
  const tagged = others.map(([name, value]): Field =>
    name.toLowerCase() === "etag" ? [name, suffixed(value, coding)] : [name, value],
  );
  return [...tagged, ["Content-Encoding", coding]];
}

/** Other bytes need another strong validator (§8.8.3.3); a weak one stands for both. */
function suffixed(etag: string, coding: Coding): string {
  return /^"[^"]*"$/.test(etag) ? `${etag.slice(0, -1)}-${coding}"` : etag;
}

/** With Accept-Encoding among what the response depends on. */
export function withVary(fields: readonly Field[]): readonly Field[] {
  const vary = valueOf(fields, "vary");
  if (vary === "") return [...fields, ["Vary", "Accept-Encoding"]];
  if (/(?:^|[\s,])(?:\*|accept-encoding)(?:[\s,]|$)/i.test(vary)) return fields;
  const others = fields.filter(([name]) => name.toLowerCase() !== "vary");
  return [...others, ["Vary", `${vary}, Accept-Encoding`]];
}

function withFields(response: ResponseHead, fields: readonly Field[], contentLength: number): ResponseHead {
  return {
    ...responseHead(response.status, fields, response.reason),
    contentLength,
    close: response.close,
    stamps: response.stamps,
  };
}

/** Repeated lines joined; "" when there is none. */
function valueOf(fields: readonly Field[], lowerName: string): string {
  const values = fields.filter(([name]) => name.toLowerCase() === lowerName).map(([, value]) => value);
  return values.join(", ");
}

/** A request whose conditions name compressed responses, said in the validators of what is compressed. */
export interface PlainConditions {
  readonly head: Pick<RequestHead, "fields" | "fieldEnviron">;
  /** Validators as the client has them, by those that stand for them now. */
  readonly clientTags: ReadonlyMap<string, string>;
}

const SUFFIX = /("[!#-~\x80-\xff]*)-(?:zstd|br|gzip)"/g;

/** @returns undefined when there are no such conditions */
export function plainConditions(head: RequestHead): PlainConditions | undefined {
  const clientTags = new Map<string, string>();
  const plain = (text: string): string =>
    text.replaceAll(SUFFIX, (tag, start: string) => {
      clientTags.set(`${start}"`, tag);
      return `${start}"`;
    });
  const fields = head.fields.map(([name, value]): Field =>
    /^if-(?:none-)?match$/i.test(name) ? [name, plain(value)] : [name, value],
  );
  if (clientTags.size === 0) return undefined;
  const fieldEnviron = head.fieldEnviron.replaceAll(/\0HTTP_IF_(?:NONE_)?MATCH\0[^\0]*/g, plain);
  return { head: { fields, fieldEnviron }, clientTags };
}

/** A 304 has the validator and the Vary that the response itself would have (§15.4.5). */
export function notModifiedHead(response: ResponseHead, clientTags: ReadonlyMap<string, string>): ResponseHead {
  const tag = clientTags.get(valueOf(response.fields, "etag"));
  if (tag === undefined) return response;
  const fields = response.fields.map(([name, value]): Field =>
    name.toLowerCase() === "etag" ? [name, tag] : [name, value],
  );
  return withFields(response, withVary(fields), response.contentLength);
}
