/** All messages of the corpus, by subject. */

import { chunks } from "./chunks.ts";
import { contentLengths } from "./content-lengths.ts";
import type { Entry } from "./entry.ts";
import { expectations } from "./expectations.ts";
import { fields } from "./fields.ts";
import { hosts } from "./hosts.ts";
import { limits } from "./limits.ts";
import { methods } from "./methods.ts";
import { persistence } from "./persistence.ts";
import { pipelines } from "./pipelines.ts";
import { requestLines } from "./request-lines.ts";
import { targets } from "./targets.ts";
import { trailers } from "./trailers.ts";
import { transferEncodings } from "./transfer-encodings.ts";
import { versions } from "./versions.ts";

export const corpus: Readonly<Record<string, readonly Entry[]>> = {
  "Request line": requestLines,
  Version: versions,
  "Methods and their content": methods,
  "Request target": targets,
  Host: hosts,
  "Field lines": fields,
  "Content-Length": contentLengths,
  "Transfer-Encoding": transferEncodings,
  "Chunked bodies": chunks,
  Trailers: trailers,
  Expect: expectations,
  Persistence: persistence,
  Pipelining: pipelines,
  Limits: limits,
};

/** What is sent behind each message: it is answered once and as itself, or, behind a refusal, never. */
export const probe = "GET /probe HTTP/1.1\r\nHost: probe.test\r\nConnection: close\r\n\r\n";
