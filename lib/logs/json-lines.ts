/** Records of both logs as JSON, one object a line: `--log-format json`. docs/logs.md explains the keys. Pure. */

import type { AccessFormatter, AccessRecord } from "./access-format.ts";
import { REQUEST_ID, type ErrorLayout } from "./error-record.ts";
import { LINE_BYTES } from "./line-length.ts";
import { isoTime } from "./times.ts";

/** Bytes from the wire as text: UTF-8 for most, and what isn't is replaced. */
function readable(latin1: string): string {
  return /^[\x00-\x7f]*$/.test(latin1) ? latin1 : Buffer.from(latin1, "latin1").toString("utf8");
}

function text(latin1: string | null | undefined): string {
  if (latin1 === null || latin1 === undefined) return "null";
  // Nearly every text is clean, and testing is several times cheaper.
  return /[^ !#-[\]-~]/.test(latin1) ? JSON.stringify(readable(latin1)) : `"${latin1}"`;
}

function field({ requestFields }: AccessRecord, lowerName: string): string | undefined {
  for (const [name, value] of requestFields) {
    if (name.length === lowerName.length && name.toLowerCase() === lowerName) return value;
  }
  return undefined;
}

export const jsonAccess: AccessFormatter = (line, record) =>
  line.utf8(
    `{"time":"${isoTime(record.startedUs)}","client":${text(record.clientAddress)},"peer":${text(record.remoteAddress)}` +
      `,"user":${text(record.remoteUser)},"method":${text(record.method)},"path":${text(record.target)}` +
      `,"query":${text(record.query)},"protocol":${text(record.protocol)},"status":${record.status}` +
      `,"bytes":${record.bodyBytes},"duration_us":${Math.floor(record.elapsedUs)},"host":${text(record.requestHost)}` +
      `,"port":${record.localPort},"referer":${text(field(record, "referer"))}` +
      `,"user_agent":${text(field(record, "user-agent"))},"earlier_requests":${record.keepAliveRequests}` +
      `,"connection":"${record.connection}","id":${text(record.logId)}` +
      // What was no request is told as it came; of all others the parts are above.
      `${record.method === null ? `,"received":${text(record.requestLine)}` : ""}}`,
  );

export const jsonErrors: ErrorLayout = {
  line({ timeUs, level, module, pid, tid, client, remote, about, text: message }) {
    return JSON.stringify({
      time: isoTime(timeUs),
      level,
      module,
      pid,
      tid,
      client: client ?? remote ?? null,
      id: about?.[REQUEST_ID] ?? null,
      method: about?.["REQUEST_METHOD"] ?? null,
      path: about?.["REQUEST_URI"] === undefined ? null : readable(about["REQUEST_URI"]),
      message: message.slice(0, LINE_BYTES),
    });
  },
  variables: [REQUEST_ID, "REQUEST_METHOD", "REQUEST_URI"],
};
