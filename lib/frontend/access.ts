/** What the access log says of a request: looked up when a format asks for it, so that each format pays for its own. */

import type { Exchange, Field, Peer, RequestHead } from "../http/exchange.ts";
import { requestHost } from "../http/origin.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { AccessRecord } from "../logs/access-record.ts";
import { quickNowUs } from "../os/clock.ts";
import type { Settings } from "../settings/settings.ts";

/** What is the same for all requests of a site. */
export interface LoggedSite {
  readonly settings: Settings;
  readonly serverName: string;
  /** --setenv and --passenv, as bytes: one latin-1 character each. */
  readonly variables: Readonly<Record<string, string>>;
}

export function loggedSite(settings: Settings, environment: Readonly<Record<string, string | undefined>>): LoggedSite {
  const { environ, listeners, site } = settings;
  const passed = environ.pass.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const variables = [...passed, ...environ.set].map(([name, value]) => [name, wireText(value)] as const);
  return {
    settings,
    serverName: site.serverName ?? listeners.hostLabel,
    variables: Object.fromEntries(variables),
  };
}

function wireText(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** Where routing sent a request. */
export interface Destination {
  readonly fileName: string | null;
  readonly handler: string | null;
}

/** The record of a request that was answered, or cut: to be read at once, as the exchange ends. */
export class AnsweredRecord implements AccessRecord {
  readonly bodyBytes: number;
  readonly logId: string | null;
  readonly #site: LoggedSite;
  readonly #exchange: Exchange;
  readonly #head: RequestHead;
  readonly #response: ResponseHead | null;
  readonly #whole: boolean;
  readonly #destination: Destination | undefined;

  constructor(site: LoggedSite, exchange: Exchange, bodyBytes: number, whole: boolean, destination?: Destination) {
    this.#site = site;
    this.#exchange = exchange;
    this.#head = exchange.head;
    this.#response = exchange.response;
    this.#whole = whole;
    this.#destination = destination;
    this.bodyBytes = bodyBytes;
    this.logId = exchange.head.requestId ?? null;
  }

  get remoteUser(): string | null {
    return this.#head.user?.name ?? null;
  }
  get clientAddress(): string {
    return this.#head.client.address;
  }
  get remoteAddress(): string {
    return this.#head.peer.remoteAddress;
  }
  get remotePort(): number {
    return this.#head.peer.remotePort;
  }
  get localAddress(): string {
    return this.#head.peer.localAddress;
  }
  get localPort(): number {
    return this.#head.peer.localPort;
  }
  get startedUs(): number {
    return this.#head.startedUs;
  }
  get elapsedUs(): number {
    return quickNowUs() - this.#head.startedUs;
  }
  get firstByteUs(): number | null {
    const at = this.#exchange.traffic?.firstByteUs ?? 0;
    return at === 0 ? null : at - this.#head.startedUs;
  }
  get requestLine(): string {
    const { method, target, version } = this.#head;
    return `${method} ${target} ${version}`;
  }
  get method(): string {
    return this.#head.method;
  }
  get path(): string {
    return this.#head.path;
  }
  get target(): string {
    const { target } = this.#head;
    const end = target.indexOf("?");
    return end < 0 ? target : target.slice(0, end);
  }
  get query(): string | null {
    const { query, target } = this.#head;
    return query === "" && !target.endsWith("?") ? null : query;
  }
  get protocol(): string {
    return this.#head.version;
  }
  get status(): number {
    return this.#response?.status ?? 0;
  }
  get originalStatus(): number {
    return this.status;
  }
  get receivedBytes(): number {
    const { body, traffic } = this.#exchange;
    return traffic?.receivedBytes ?? body?.received ?? 0;
  }
  get sentBytes(): number {
    return this.#exchange.traffic?.sentBytes ?? this.bodyBytes;
  }
  get requestFields(): readonly Field[] {
    return this.#head.fields;
  }
  get responseFields(): readonly Field[] {
    return this.#response?.fields ?? [];
  }
  get responseLength(): number {
    return this.#exchange.traffic?.announcedBytes ?? this.#response?.contentLength ?? -1;
  }
  get requestTrailers(): readonly Field[] {
    return fieldsIn((this.#exchange.traffic?.trailers ?? "").split("\r\n"));
  }
  get serverName(): string {
    return this.#site.serverName;
  }
  get requestHost(): string {
    return requestHost(this.#head, this.#site.settings);
  }
  get keepAliveRequests(): number {
    return this.#exchange.traffic?.earlier ?? 0;
  }
  get connection(): AccessRecord["connection"] {
    if (!this.#whole) return "aborted";
    return this.#exchange.closing ? "closed" : "kept";
  }
  get fileName(): string | null {
    return this.#destination?.fileName ?? null;
  }
  get handler(): string | null {
    return this.#destination?.handler ?? null;
  }
  get variables(): Readonly<Record<string, string>> {
    return this.#site.variables;
  }
}

const REQUEST_LINE = /^([^\s:]+) ([^\s?]+)(?:\?(\S*))? (HTTP\/\d\.\d)$/;

/** What looks like a field among `lines`. */
function fieldsIn(lines: readonly string[]): readonly Field[] {
  return lines.flatMap((line) => {
    const colon = line.indexOf(":");
    return colon <= 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()] as const];
  });
}

/**
 * The record of what was no request, or too slow to become one. `text` is what arrived, `sentBytes` the whole response of
 * which `bodyBytes` are the body.
 */
export function refusedRecord(
  site: LoggedSite,
  peer: Peer,
  { head, ...sizes }: Pick<AccessRecord, "bodyBytes" | "sentBytes"> & { readonly head: ResponseHead },
  text: string,
): AccessRecord {
  const { remoteAddress, remotePort, localAddress, localPort } = peer;
  const [line = "", ...lines] = text.split("\r\n");
  // As far as it can be understood: nothing but the log believes it.
  const [, method = null, target = null, query = null, protocol = null] = REQUEST_LINE.exec(line) ?? [];
  return {
    clientAddress: remoteAddress,
    remoteAddress,
    remotePort,
    localAddress,
    localPort,
    remoteUser: null,
    startedUs: quickNowUs(),
    elapsedUs: 0,
    firstByteUs: null,
    requestLine: line === "" ? null : line,
    method,
    path: target,
    target,
    query,
    protocol,
    status: head.status,
    originalStatus: head.status,
    ...sizes,
    receivedBytes: text.length,
    requestFields: fieldsIn(lines),
    responseFields: head.fields,
    responseLength: sizes.bodyBytes,
    requestTrailers: [],
    serverName: site.serverName,
    requestHost: site.serverName,
    keepAliveRequests: 0,
    logId: null,
    connection: "closed",
    fileName: null,
    handler: null,
  };
}
