/** The protocol version: RFC 9112 §2.3, RFC 9110 §2.5 and §15.6.6. */

import { accepted, head, refused, type Entry } from "./entry.ts";

const spoken = (version: string): string => head(`GET / ${version}`, "Host: a");

export const versions: readonly Entry[] = [
  accepted("9112 §2.3", "HTTP/1.0", spoken("HTTP/1.0"), { version: "HTTP/1.0" }, "closes"),
  accepted("9112 §3.2", "HTTP/1.0 without Host", head("GET / HTTP/1.0"), { version: "HTTP/1.0", host: "" }, "closes"),
  accepted("9110 §2.5", "a minor version that is not known", spoken("HTTP/1.2")),
  accepted("9110 §2.5", "the highest minor version", spoken("HTTP/1.9")),
  refused("9110 §15.6.6", "HTTP/2.0 on a request line", spoken("HTTP/2.0"), 505),
  refused("9110 §15.6.6", "HTTP/3.0 on a request line", spoken("HTTP/3.0"), 505),
  refused("9110 §15.6.6", "HTTP/0.9 on a request line", spoken("HTTP/0.9"), 505),
  refused("9110 §15.6.6", "HTTP/9.9", spoken("HTTP/9.9"), 505),
  refused("9113 §3.4", "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
  refused("9112 §2.3", "a request of HTTP/0.9", "GET /\r\n\r\n"),
  refused("9112 §2.3", "a request of HTTP/0.9 with fields", head("GET /", "Host: a")),
  refused("9112 §2.3", "a name in lower case", spoken("http/1.1")),
  refused("9112 §2.3", "a name in mixed case", spoken("Http/1.1")),
  refused("9112 §2.3", "two digits behind the dot", spoken("HTTP/1.10")),
  refused("9112 §2.3", "a leading zero", spoken("HTTP/01.1")),
  refused("9112 §2.3", "a zero behind the version", spoken("HTTP/1.1.0")),
  refused("9112 §2.3", "no minor version", spoken("HTTP/1")),
  refused("9112 §2.3", "an empty minor version", spoken("HTTP/1.")),
  refused("9112 §2.3", "a comma for the dot", spoken("HTTP/1,1")),
  refused("9112 §2.3", "a sign", spoken("HTTP/+1.1")),
  refused("9112 §2.3", "a negative minor version", spoken("HTTP/1.-1")),
  refused("9112 §2.3", "a hexadecimal digit", spoken("HTTP/1.a")),
  refused("9112 §2.3", "digits of another script", spoken("HTTP/\xb9.\xb9")),
  refused("9112 §2.3", "another protocol", spoken("RTSP/1.0")),
  refused("9112 §2.3", "ICAP", spoken("ICAP/1.0")),
  refused("9112 §2.3", "a blank in the version", spoken("HTTP /1.1")),
  refused("9112 §2.3", "a backslash for the slash", spoken("HTTP\\1.1")),
  refused("9112 §2.3", "NUL behind the version", spoken("HTTP/1.1\0")),
];
