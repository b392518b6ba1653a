/** What each letter of a LogFormat stands for. Pure. */

import type { Field } from "../http/exchange.ts";
import type { AccessRecord } from "./access-record.ts";
import type { LineBuffer } from "./line-buffer.ts";
import { commonLogTime, strftime, unknownConversion } from "./times.ts";

/** Adds what it stands for. */
export type Item = (line: LineBuffer, record: AccessRecord) => void;

/**
 * A directive that takes the text in braces (undefined without any); undefined when it can't do what that says. A text is
 * what it is in every line.
 */
type Directive = (argument: string | undefined, original: boolean) => Item | string | undefined;

/** Text from the wire. */
const wire =
  (text: (record: AccessRecord) => string | null | undefined): Item =>
  (line, record) =>
    line.item(text(record));

/** Text of our own, which needs no escapes. */
const plain =
  (text: (record: AccessRecord) => string): Item =>
  (line, record) =>
    line.latin1(text(record));

const count =
  (number: (record: AccessRecord) => number): Item =>
  (line, record) =>
    line.latin1(String(Math.floor(number(record))));

const NONE = "-";

const fixed =
  (item: Item | string): Directive =>
  (argument) =>
    argument === undefined ? item : undefined;

/** One of several items, chosen by the text in braces, in any case; "" is what stands for none. */
const choice =
  (items: Readonly<Record<string, Item | string>>): Directive =>
  (argument = "") => {
    const name = argument.toLowerCase();
    return Object.hasOwn(items, name) ? items[name] : undefined;
  };

/** The values of a repeated field are one value joined with commas (RFC 9110 §5.3). */
const valueOf = (fields: readonly Field[], lowerName: string): string | undefined => {
  let value: string | undefined;
  for (const [name, text] of fields) {
    if (name.length === lowerName.length && name.toLowerCase() === lowerName)
      value = value === undefined ? text : `${value}, ${text}`;
  }
  return value;
};

const fieldFrom =
  (fields: (record: AccessRecord) => readonly Field[]): Directive =>
  (argument) => {
    const wanted = argument?.toLowerCase();
    return wanted === undefined ? undefined : wire((record) => valueOf(fields(record), wanted));
  };

const responseField: Directive = (argument) => {
  const wanted = argument?.toLowerCase();
  switch (wanted) {
    case undefined:
      return undefined;
    case "content-length":
      return plain(({ responseLength }) => (responseLength < 0 ? "-" : String(responseLength)));
    case "content-type":
      // Apache logs the media type without its parameters.
      return wire((record) => valueOf(record.responseFields, wanted)?.replace(/\s*;[^]*$/, ""));
    default:
      return wire((record) => valueOf(record.responseFields, wanted));
  }
};

const named =
  (values: (record: AccessRecord) => Readonly<Record<string, string>> | undefined): Directive =>
  (argument) =>
    argument === undefined
      ? undefined
      : wire((record) => {
          const all = values(record);
          return all !== undefined && Object.hasOwn(all, argument) ? all[argument] : null;
        });

/** As Apache finds them: names in any case, those without a value don't count. */
const cookie: Directive = (argument) => {
  const wanted = argument?.toLowerCase();
  if (wanted === undefined) return undefined;
  return wire((record) => {
    for (const [name, text] of record.requestFields) {
      if (name.toLowerCase() !== "cookie") continue;
      for (const pair of text.split(";")) {
        const middle = pair.indexOf("=");
        const value = middle < 0 ? "" : pair.slice(middle + 1);
        if (value !== "" && pair.slice(0, middle).trim().toLowerCase() === wanted) return value.trim();
      }
    }
    return null;
  });
};

const fraction = (us: number, digits: number) =>
  String(Math.floor(us) % 1e6)
    .padStart(6, "0")
    .slice(0, digits);

const startTime: Item = (line, record) => line.latin1(commonLogTime(record.startedUs));

const time: Directive = (argument) => {
  if (argument === undefined || argument === "") return startTime;
  const [, moment, format = ""] = /^(?:(begin|end)(?::|$))?([^]*)$/.exec(argument) ?? [];
  const at = (record: AccessRecord) => (moment === "end" ? record.startedUs + record.elapsedUs : record.startedUs);
  switch (format) {
    case "":
      return plain((record) => commonLogTime(at(record)));
    case "sec":
      return count((record) => at(record) / 1e6);
    case "msec":
      return count((record) => at(record) / 1000);
    case "usec":
      return count(at);
    case "msec_frac":
      return plain((record) => fraction(at(record), 3));
    case "usec_frac":
      return plain((record) => fraction(at(record), 6));
    default:
      if (unknownConversion(format) !== undefined) return undefined;
      return (line, record) => line.utf8(strftime(format, new Date(at(record) / 1000)));
  }
};

/** 0 when there was no response. */
const putStatus = (line: LineBuffer, code: number) => line.latin1(code === 0 ? "-" : String(code));
const firstStatus: Item = (line, record) => putStatus(line, record.originalStatus);
const finalStatus: Item = (line, record) => putStatus(line, record.status);
const milliseconds = count((record) => record.elapsedUs / 1000);
const microseconds = count((record) => record.elapsedUs);
const seconds = count((record) => record.elapsedUs / 1e6);
const localPort = count((record) => record.localPort);
// A client of a socket in the file system has none.
const client: Item = (line, record) => line.latin1(record.clientAddress || "-");
const peer = plain((record) => record.remoteAddress || "-");
// One thread does it all, and has the number of its process.
const processId = String(process.pid);

export const directives: Readonly<Record<string, Directive>> = {
  a: choice({ "": client, c: peer }),
  // It may be a path, which is a text, too.
  A: fixed((line, record) => line.utf8(record.localAddress)),
  b: fixed((line, { bodyBytes }) => line.latin1(bodyBytes === 0 ? "-" : String(bodyBytes))),
  B: fixed(count((record) => record.bodyBytes)),
  C: cookie,
  D: fixed(microseconds),
  e: named((record) => record.variables),
  f: fixed(wire((record) => record.fileName)),
  // Names are not looked up.
  h: choice({ "": client, c: peer }),
  H: fixed(wire((record) => record.protocol)),
  i: fieldFrom((record) => record.requestFields),
  I: fixed(count((record) => record.receivedBytes)),
  k: fixed(count((record) => record.keepAliveRequests)),
  // identd (RFC 1413) is asked by nobody any more.
  l: fixed(NONE),
  L: choice({ "": wire((record) => record.logId), c: NONE }),
  m: fixed(wire((record) => record.method)),
  n: named((record) => record.notes),
  o: responseField,
  O: fixed(count((record) => record.sentBytes)),
  p: choice({ "": localPort, canonical: localPort, local: localPort, remote: count((record) => record.remotePort) }),
  P: choice({ "": processId, pid: processId, tid: processId, hextid: process.pid.toString(16) }),
  q: fixed(wire(({ query }) => (query === null ? "" : `?${query}`))),
  r: fixed((line, record) => line.item(record.requestLine)),
  R: fixed(wire((record) => record.handler)),
  s: (argument, original) => (argument !== undefined ? undefined : original ? firstStatus : finalStatus),
  S: fixed(count((record) => record.receivedBytes + record.sentBytes)),
  t: time,
  T: choice({ "": seconds, s: seconds, ms: milliseconds, us: microseconds }),
  // An empty user name was sent as such, and is told from none.
  u: fixed((line, { remoteUser }) => (remoteUser === "" ? line.latin1('""') : line.item(remoteUser))),
  U: fixed(wire((record) => record.path)),
  v: fixed(wire((record) => record.serverName)),
  V: fixed(wire((record) => record.requestHost)),
  "^FB": fixed(plain(({ firstByteUs }) => (firstByteUs === null ? "-" : String(Math.floor(firstByteUs))))),
  "^ti": fieldFrom((record) => record.requestTrailers),
  // Nothing here sends trailers.
  "^to": (argument) => (argument === undefined ? undefined : NONE),
  X: fixed(plain(({ connection }) => (connection === "aborted" ? "X" : connection === "kept" ? "+" : "-"))),
};
