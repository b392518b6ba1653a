/** What each letter of a LogFormat stands for. Pure. */

import type { Field } from "../http/exchange.ts";
import type { AccessRecord } from "./access-record.ts";
import { escapeItem } from "./escape.ts";
import { commonLogTime, strftime, unknownConversion } from "./times.ts";

export type Item = (record: AccessRecord) => string;

/** A directive that takes the text in braces (undefined without any); undefined when it can't do what that says. */
type Directive = (argument: string | undefined, original: boolean) => Item | undefined;

const dash = (text: string | null | undefined) => (text === null || text === undefined ? "-" : escapeItem(text));
const fixed =
  (item: Item): Directive =>
  (argument) =>
    argument === undefined ? item : undefined;

/** One of several items, chosen by the text in braces, in any case; "" is what stands for none. */
const choice =
  (items: Readonly<Record<string, Item>>): Directive =>
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
    return wanted === undefined ? undefined : (record) => dash(valueOf(fields(record), wanted));
  };

const responseField: Directive = (argument) => {
  const wanted = argument?.toLowerCase();
  switch (wanted) {
    case undefined:
      return undefined;
    case "content-length":
      return ({ responseLength }) => (responseLength < 0 ? "-" : String(responseLength));
    case "content-type":
      // Apache logs the media type without its parameters.
      return (record) => dash(valueOf(record.responseFields, wanted)?.replace(/\s*;[^]*$/, ""));
    default:
      return (record) => dash(valueOf(record.responseFields, wanted));
  }
};

const named =
  (values: (record: AccessRecord) => Readonly<Record<string, string>> | undefined): Directive =>
  (argument) =>
    argument === undefined
      ? undefined
      : (record) => {
          const all = values(record);
          return all !== undefined && Object.hasOwn(all, argument) ? dash(all[argument]) : "-";
        };

/** As Apache finds them: names in any case, those without a value don't count. */
const cookie: Directive = (argument) => {
  const wanted = argument?.toLowerCase();
  if (wanted === undefined) return undefined;
  return (record) => {
    for (const [name, text] of record.requestFields) {
      if (name.toLowerCase() !== "cookie") continue;
      for (const pair of text.split(";")) {
        const middle = pair.indexOf("=");
        const value = middle < 0 ? "" : pair.slice(middle + 1);
        if (value !== "" && pair.slice(0, middle).trim().toLowerCase() === wanted) return dash(value.trim());
      }
    }
    return "-";
  };
};

const fraction = (us: number, digits: number) =>
  String(Math.floor(us) % 1e6)
    .padStart(6, "0")
    .slice(0, digits);

const time: Directive = (argument) => {
  if (argument === undefined || argument === "") return (record) => commonLogTime(record.startedUs);
  const [, moment, format = ""] = /^(?:(begin|end)(?::|$))?([^]*)$/.exec(argument) ?? [];
  const at = (record: AccessRecord) => (moment === "end" ? record.startedUs + record.elapsedUs : record.startedUs);
  switch (format) {
    case "":
      return (record) => commonLogTime(at(record));
    case "sec":
      return (record) => String(Math.floor(at(record) / 1e6));
    case "msec":
      return (record) => String(Math.floor(at(record) / 1000));
    case "usec":
      return (record) => String(Math.floor(at(record)));
    case "msec_frac":
      return (record) => fraction(at(record), 3);
    case "usec_frac":
      return (record) => fraction(at(record), 6);
    default:
      if (unknownConversion(format) !== undefined) return undefined;
      return (record) => strftime(format, new Date(at(record) / 1000));
  }
};

/** 0 when there was no response. */
const status = (code: number) => (code === 0 ? "-" : String(code));
const milliseconds: Item = (record) => String(Math.floor(record.elapsedUs / 1000));
const microseconds: Item = (record) => String(Math.floor(record.elapsedUs));
const seconds: Item = (record) => String(Math.floor(record.elapsedUs / 1e6));
const localPort: Item = (record) => String(record.localPort);
// A client of a socket in the file system has none.
const client: Item = (record) => record.clientAddress || "-";
const peer: Item = (record) => record.remoteAddress || "-";
const processId: Item = () => String(process.pid);

export const directives: Readonly<Record<string, Directive>> = {
  a: choice({ "": client, c: peer }),
  A: fixed((record) => record.localAddress),
  b: fixed((record) => (record.bodyBytes === 0 ? "-" : String(record.bodyBytes))),
  B: fixed((record) => String(record.bodyBytes)),
  C: cookie,
  D: fixed(microseconds),
  e: named((record) => record.variables),
  f: fixed((record) => dash(record.fileName)),
  // Names are not looked up.
  h: choice({ "": client, c: peer }),
  H: fixed((record) => dash(record.protocol)),
  i: fieldFrom((record) => record.requestFields),
  I: fixed((record) => String(record.receivedBytes)),
  k: fixed((record) => String(record.keepAliveRequests)),
  // identd (RFC 1413) is asked by nobody any more.
  l: fixed(() => "-"),
  L: choice({ "": (record) => dash(record.logId), c: () => "-" }),
  m: fixed((record) => dash(record.method)),
  n: named((record) => record.notes),
  o: responseField,
  O: fixed((record) => String(record.sentBytes)),
  p: choice({ "": localPort, canonical: localPort, local: localPort, remote: (record) => String(record.remotePort) }),
  // One thread does it all, and has the number of its process.
  P: choice({ "": processId, pid: processId, tid: processId, hextid: () => process.pid.toString(16) }),
  q: fixed((record) => (record.query === null ? "" : `?${escapeItem(record.query)}`)),
  r: fixed((record) => dash(record.requestLine)),
  R: fixed((record) => dash(record.handler)),
  s: (argument, original) => {
    if (argument !== undefined) return undefined;
    return original ? (record) => status(record.originalStatus) : (record) => status(record.status);
  },
  S: fixed((record) => String(record.receivedBytes + record.sentBytes)),
  t: time,
  T: choice({ "": seconds, s: seconds, ms: milliseconds, us: microseconds }),
  // An empty user name was sent as such, and is told from none.
  u: fixed((record) => (record.remoteUser === "" ? '""' : dash(record.remoteUser))),
  U: fixed((record) => dash(record.path)),
  v: fixed((record) => escapeItem(record.serverName)),
  V: fixed((record) => escapeItem(record.requestHost)),
  "^FB": fixed(({ firstByteUs }) => (firstByteUs === null ? "-" : String(Math.floor(firstByteUs)))),
  "^ti": fieldFrom((record) => record.requestTrailers),
  // Nothing here sends trailers.
  "^to": (argument) => (argument === undefined ? undefined : () => "-"),
  X: fixed((record) => (record.connection === "aborted" ? "X" : record.connection === "kept" ? "+" : "-")),
};
