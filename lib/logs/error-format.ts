/** One record of the error log as one line: in Apache's default format here, or in the one that the options ask for. Pure. */

import type { Logs } from "../settings/settings.ts";
import { compileErrorFormat } from "./error-layout.ts";
import type { ErrorLayout, ErrorRecord } from "./error-record.ts";
import { escapeField, escapeMessage } from "./escape.ts";
import { jsonErrors } from "./json-lines.ts";
import { cutLine, LINE_BYTES } from "./line-length.ts";
import { errorLogTime } from "./times.ts";

/** The layout that the options ask for. `serverName` is the name of the site. Throws for a format that was not checked. */
export function errorLayout(
  { errorFormat, format }: Pick<Logs, "errorFormat" | "format">,
  serverName: string,
): ErrorLayout {
  if (format === "json") return jsonErrors;
  if (errorFormat === null) return usual;
  const layout = compileErrorFormat(errorFormat, serverName);
  if ("problem" in layout) throw new Error(layout.problem);
  return layout;
}

const usual: ErrorLayout = { line: formatError, variables: ["HTTP_REFERER"] };

/** `[Mon Nov 23 06:59:45.138699 2026] [wsgi:error] [pid 84:tid 85] [remote 127.0.0.1:42908] message`, no newline. */
export function formatError(record: ErrorRecord): string {
  const { timeUs, module, level, pid, tid, client, remote, about } = record;
  const whom =
    (client === undefined ? "" : ` [client ${escapeMessage(client)}]`) +
    (remote === undefined ? "" : ` [remote ${escapeMessage(remote)}]`);
  // The original has none in what its workers write.
  const referer = client === undefined ? undefined : about?.["HTTP_REFERER"];
  const suffix = referer === undefined ? "" : `, referer: ${escapeField(referer)}`;
  // Cut before escaping as well, so that a huge message costs no more than a long one.
  const text = escapeMessage(record.text.slice(0, LINE_BYTES));
  return cutLine(`[${errorLogTime(timeUs)}] [${module}:${level}] [pid ${pid}:tid ${tid}]${whom} ${text}${suffix}`);
}
