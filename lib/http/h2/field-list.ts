/**
 * The fields of an HTTP/2 request, checked (RFC 9113 §8.2, §8.3), and what follows from them: the pseudo-fields apart, and
 * from the others host, length and the CGI variables. Pure.
 */

import { parseAuthority } from "../authority.ts";
import type { Field } from "../exchange.ts";
import { FieldVariables, nameRule } from "../field-variables.ts";
import { CONTROL, LENGTH, listOf, MAX_FIELDS, MAX_LINE_BYTES, type Refusal } from "../syntax.ts";

/** What stands in the place of a request line. */
export interface Pseudo {
  readonly method: string;
  readonly scheme: string;
  readonly path: string;
  readonly authority: string | null;
}

export interface FieldList {
  readonly fields: readonly Field[];
  /** As {@link FieldVariables.text}. */
  readonly environ: string;
  readonly hostName: string;
  readonly hostPort: string;
  /** -1 when there is no Content-Length. */
  readonly contentLength: number;
  readonly expectsContinue: boolean;
}

/** What is wrong with a request that is none (RFC 9113 §8.1.1): its stream is reset. */
export interface Malformed {
  readonly malformed: string;
}

/** RFC 9113 §8.2.2: what HTTP/2 says by other means. Intermediaries that pass them on smuggle requests. */
const CONNECTION_FIELDS = new Set(["connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"]);

/** Beside the control characters that HTTP/1 refuses too: RFC 9113 §8.2.1 forbids white space around the value. */
const PADDED = /^[ \t]|[ \t]$/;

const UPPER_CASE = /[A-Z]/;

/** Takes the pseudo-fields from the front of `list`. @returns them and the number of the first field behind them. */
export function takePseudo(list: readonly Field[]): { pseudo: Pseudo; rest: number } | Malformed {
  let method: string | null = null;
  let scheme: string | null = null;
  let path: string | null = null;
  let authority: string | null = null;
  let rest = 0;
  for (const [name, value] of list) {
    if (name.charCodeAt(0) !== COLON) break;
    rest++;
    let former: string | null;
    if (name === ":method") [former, method] = [method, value];
    else if (name === ":scheme") [former, scheme] = [scheme, value];
    else if (name === ":path") [former, path] = [path, value];
    else if (name === ":authority") [former, authority] = [authority, value];
    else return { malformed: "there is an unknown pseudo-field" };
    if (former !== null) return { malformed: `there is more than one ${name}` };
  }
  if (method === null) return { malformed: "there is no :method" };
  // RFC 9113 §8.5: the one method that has neither. It is refused later, as for HTTP/1.
  if (method === "CONNECT" && scheme === null && path === null && authority !== null) {
    return { pseudo: { method, scheme: "", path: authority, authority }, rest };
  }
  if (scheme === null || path === null) return { malformed: "there is no :scheme or no :path" };
  return { pseudo: { method, scheme, path, authority }, rest };
}

/**
 * Checks the fields of `list` from number `start` on.
 * @param authority as the request says it; Host is made of it.
 */
export function readFields(
  list: readonly Field[],
  start: number,
  authority: string | null,
): FieldList | Refusal | Malformed {
  const variables = new FieldVariables();
  const fields: Field[] = [];
  const cookies: string[] = [];
  let host = authority;
  let contentLength = -1;
  let expect = "";

  function take(name: string, value: string): string {
    const rule = nameRule(name);
    if (rule === null) return "a field name is not a token";
    fields.push([name, value]);
    variables.add(rule, value);
    return "";
  }

  if (authority !== null) take("host", authority);
  for (let i = start; i < list.length; i++) {
    const [name, value] = list[i] as Field;
    const wrong = fieldFault(name, value);
    if (wrong !== "") return { malformed: wrong };
    if (name.length + value.length > MAX_LINE_BYTES) return refuse("a header field is longer than 8190 bytes");
    switch (name) {
      case "host":
        if (host !== null && host !== value) return { malformed: "there is more than one host" };
        if (host !== null) continue;
        host = value;
        break;
      case "content-length":
        if (contentLength >= 0) return { malformed: "there is more than one content-length" };
        if (!LENGTH.test(value)) return { malformed: "content-length is not a number" };
        contentLength = Number(value);
        break;
      case "expect":
        expect += `,${value.toLowerCase()}`;
        break;
      case "cookie":
        // RFC 9113 §8.2.3: it may come in crumbs, for the compression's sake.
        cookies.push(value);
        continue;
      default:
    }
    const odd = take(name, value);
    if (odd !== "") return { malformed: odd };
    if (fields.length > MAX_FIELDS) return refuse("there are more than 100 header fields");
  }
  if (cookies.length > 0) take("cookie", cookies.join("; "));
  const site = host === null || host === "" ? null : parseAuthority(host);
  if (site === null) return refuse("the host is missing or malformed");
  const expectations = listOf(expect);
  if (expectations.some((expectation) => expectation !== "100-continue")) {
    return { status: 417, why: "the only expectation met is 100-continue" };
  }
  return {
    fields,
    environ: variables.text,
    hostName: site.name,
    hostPort: site.port,
    contentLength,
    expectsContinue: expectations.length > 0,
  };
}

/** What is wrong with a field of a request or a trailer; "" when nothing is. */
export function fieldFault(name: string, value: string): string {
  if (name.charCodeAt(0) === COLON) return "there is a pseudo-field where none may be";
  if (UPPER_CASE.test(name)) return "a field name has upper-case letters";
  if (CONNECTION_FIELDS.has(name) || (name === "te" && value !== "trailers")) {
    return `the field ${name} speaks of the connection`;
  }
  if (CONTROL.test(value) || PADDED.test(value)) return "a field value has control characters or space around it";
  return "";
}

const COLON = 0x3a;

function refuse(why: string): Refusal {
  return { status: 400, why };
}
