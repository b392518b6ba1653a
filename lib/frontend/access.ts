/** Puts together what the access log says of a request. */

import type { Exchange, Peer } from "../http/exchange.ts";
import { requestHost } from "../http/origin.ts";
import type { AccessRecord } from "../logs/access-record.ts";
import { nowUs } from "../os/clock.ts";
import type { Settings } from "../settings/settings.ts";

export function accessRecord(settings: Settings, exchange: Exchange, bodyBytes: number, whole: boolean): AccessRecord {
  const { head, response } = exchange;
  const { peer } = head;
  const status = response?.status ?? 0;
  const host = requestHost(head, settings);
  return {
    ...common(peer),
    clientAddress: head.client.address,
    remoteUser: exchange.user?.name ?? null,
    startedUs: head.startedUs,
    elapsedUs: nowUs() - head.startedUs,
    requestLine: `${head.method} ${head.target} ${head.version}`,
    method: head.method,
    path: head.path,
    query: head.query,
    protocol: head.version,
    status,
    originalStatus: status,
    bodyBytes,
    receivedBytes: exchange.body?.received ?? 0,
    sentBytes: bodyBytes,
    requestFields: head.fields,
    responseFields: response?.fields ?? [],
    serverName: settings.site.serverName ?? host,
    requestHost: host,
    connection: whole ? (exchange.closing ? "closed" : "kept") : "aborted",
  };
}

/** The record of what was no request, or too slow to become one. `text` is what arrived. */
export function refusedRecord(peer: Peer, status: number, bodyBytes: number, text: string): AccessRecord {
  const lineEnd = text.indexOf("\r\n");
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
  return {
    ...common(peer),
    clientAddress: peer.remoteAddress,
    remoteUser: null,
    startedUs: nowUs(),
    elapsedUs: 0,
    requestLine: line === "" ? null : line,
    method: null,
    path: null,
    query: "",
    protocol: null,
    status,
    originalStatus: status,
    bodyBytes,
    receivedBytes: text.length,
    sentBytes: bodyBytes,
    requestFields: [],
    responseFields: [],
    serverName: "",
    requestHost: "",
    connection: "closed",
  };
}

function common(
  peer: Peer,
): Pick<
  AccessRecord,
  "remoteAddress" | "remotePort" | "localAddress" | "localPort" | "keepAliveRequests" | "logId" | "fileName" | "handler"
> {
  const { remoteAddress, remotePort, localAddress, localPort } = peer;
  return {
    remoteAddress,
    remotePort,
    localAddress,
    localPort,
    keepAliveRequests: 0,
    logId: null,
    fileName: null,
    handler: null,
  };
}
