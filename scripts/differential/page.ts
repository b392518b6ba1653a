/** docs/http-corpus.md: what was compared, and the differences with their reasons. Pure. */

import type { Entry } from "../../tests/http/h1/corpus/entry.ts";

export interface Difference {
  readonly subject: string;
  readonly entry: Entry;
  readonly apache: string;
  readonly malt: string;
  readonly why: string;
}

const INTRODUCTION = `# HTTP/1 messages, and where Malt answers otherwise than Apache

The corpus in \`tests/http/h1/corpus\` holds valid and hostile requests, each with the clause that decides it and with what
must come of it: which requests the application gets, or with which status it is refused, and whether the connection goes
on. Every test run plays them whole, byte by byte and in random pieces, and once over real connections to the built binary.
Behind each message a probe is sent: it has to be answered once and as itself, or, behind a refusal, never.

\`bun scripts/differential.ts\` plays the same bytes to Apache with mod_wsgi and to Malt, with the same application behind
both, and writes this page. It fails when there is a difference for which nobody has given a reason.`;

const LEGEND = `In the tables a number is a status; "runs" is a request that the application got although it is none by the corpus;
"goes on" means that the probe behind the message was answered on the same connection, and otherwise the server closed it.`;

/** @param versions of the servers that were compared. */
export function page(total: number, differences: readonly Difference[], versions: string): string {
  const subjects = [...new Set(differences.map(({ subject }) => subject))];
  const result = `Of ${total} messages ${total - differences.length} come to the same with both, and ${differences.length} don't (${versions}).`;
  return `${[INTRODUCTION, result, LEGEND, ...subjects.map((subject) => section(subject, differences))].join("\n\n")}\n`;
}

function section(subject: string, differences: readonly Difference[]): string {
  const rows = differences
    .filter((difference) => difference.subject === subject)
    .map(({ entry, apache, malt, why }) => `| ${[entry.name, clauseOf(entry), apache, malt, why].join(" | ")} |`);
  return [
    `## ${subject}`,
    "",
    "| message | clause | Apache | Malt | why |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function clauseOf({ clause }: Entry): string {
  return /^\d/.test(clause) ? `RFC ${clause}` : clause;
}
