/** The values of `%{NAME}`, the same in rewrite conditions and in expressions. */

import { clientAddress, fieldOf, type Request } from "./request.ts";

export type Variable = (request: Request) => string;

/** What `name` stands for; undefined when there is no such variable. */
export function variableNamed(name: string): Variable | undefined {
  const upper = name.toUpperCase();
  const known = VARIABLES.get(upper);
  if (known !== undefined || !upper.startsWith("HTTP_")) return known;
  const field = upper.slice("HTTP_".length).replaceAll("_", "-");
  return (request) => fieldOf(request.fields, field) ?? "";
}

/** The request field that a variable shows, for Vary; undefined when it shows none. */
export function fieldBehind(name: string): string | undefined {
  const upper = name.toUpperCase();
  if (!upper.startsWith("HTTP_") || VARIABLES.has(upper)) return undefined;
  const words = upper.slice("HTTP_".length).toLowerCase().split("_");
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("-");
}

/** What TLS says of the connection; "" in the clear, and for what there isn't. */
export function tlsVariable({ head }: Request, name: string): string {
  const parts = head.peer.environ.split("\0");
  for (let index = 0; index < parts.length; index += 2) if (parts[index] === name) return parts[index + 1] ?? "";
  return "";
}

export function environmentOf(request: Request, name: string): string {
  return request.env.get(name) ?? request.world.environment(name) ?? "";
}

function two(value: number): string {
  return `${value}`.padStart(2, "0");
}

/** A part of the time of the request, local time as in Apache. */
function time(part: (date: Date) => string): Variable {
  return ({ head }) => part(new Date(head.startedUs / 1000));
}

const VARIABLES: ReadonlyMap<string, Variable> = new Map<string, Variable>([
  ["REQUEST_METHOD", ({ head }) => head.method],
  ["REQUEST_SCHEME", ({ head }) => (head.client.secure ? "https" : "http")],
  ["HTTPS", ({ head }) => (head.client.secure ? "on" : "off")],
  ["REQUEST_URI", ({ uri }) => uri],
  ["REQUEST_FILENAME", ({ filename, path }) => filename || path],
  ["SCRIPT_FILENAME", ({ filename, path }) => filename || path],
  ["DOCUMENT_URI", ({ uri }) => uri],
  ["PATH_INFO", ({ pathInfo }) => pathInfo],
  ["QUERY_STRING", ({ query }) => query],
  ["THE_REQUEST", ({ head }) => `${head.method} ${head.target} ${head.version}`],
  ["REMOTE_ADDR", clientAddress],
  ["CONN_REMOTE_ADDR", ({ head }) => head.peer.remoteAddress],
  // Names of clients are not looked up: that would wait for somebody else's server.
  ["REMOTE_HOST", clientAddress],
  ["REMOTE_PORT", ({ head }) => `${head.peer.remotePort}`],
  ["REMOTE_USER", ({ user }) => user?.name ?? ""],
  ["REMOTE_IDENT", () => ""],
  ["AUTH_TYPE", ({ user }) => user?.type ?? ""],
  ["DOCUMENT_ROOT", ({ server }) => server.documentRoot],
  ["CONTEXT_PREFIX", ({ contextPrefix }) => contextPrefix],
  ["CONTEXT_DOCUMENT_ROOT", ({ contextRoot }) => contextRoot],
  ["SERVER_ADMIN", ({ server }) => server.serverAdmin],
  ["SERVER_NAME", ({ server, head }) => server.nameOf(head)],
  ["SERVER_ADDR", ({ head }) => head.peer.localAddress],
  ["SERVER_PORT", ({ server, head }) => server.portOf(head)],
  ["SERVER_PROTOCOL", ({ head }) => head.version],
  ["SERVER_PROTOCOL_VERSION", ({ head }) => protocolVersion(head.version, 1000)],
  ["SERVER_PROTOCOL_VERSION_MAJOR", ({ head }) => head.version.slice(5, 6)],
  ["SERVER_PROTOCOL_VERSION_MINOR", ({ head }) => head.version.slice(7, 8)],
  ["SERVER_SOFTWARE", ({ server }) => server.software],
  ["API_VERSION", () => "20120211:141"],
  ["IS_SUBREQ", () => "false"],
  ["HTTP2", ({ head }) => (head.version === "HTTP/2.0" ? "on" : "off")],
  ["IPV6", ({ head }) => (head.peer.remoteAddress.includes(":") ? "on" : "off")],
  ["HANDLER", ({ handler }) => handler ?? ""],
  ["REQUEST_STATUS", ({ response }) => `${response?.status ?? 200}`],
  ["CONTENT_TYPE", ({ response, type }) => fieldOf(response?.fields ?? [], "content-type") ?? type ?? ""],
  ["TIME_YEAR", time((date) => `${date.getFullYear()}`)],
  ["TIME_MON", time((date) => two(date.getMonth() + 1))],
  ["TIME_DAY", time((date) => two(date.getDate()))],
  ["TIME_HOUR", time((date) => two(date.getHours()))],
  ["TIME_MIN", time((date) => two(date.getMinutes()))],
  ["TIME_SEC", time((date) => two(date.getSeconds()))],
  ["TIME_WDAY", time((date) => `${date.getDay()}`)],
  [
    "TIME",
    time(
      (date) =>
        `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}` +
        `${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`,
    ),
  ],
]);

function protocolVersion(version: string, major: number): string {
  return `${Number(version.slice(5, 6)) * major + Number(version.slice(7, 8))}`;
}
