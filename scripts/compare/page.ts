/** docs/comparison.md: what was compared, and what differs, with the reasons. Pure. */

export interface Row {
  readonly scenario: string;
  readonly request: string;
  readonly original: string;
  readonly malt: string;
  /** "" as long as nobody has given one. */
  readonly why: string;
}

const INTRODUCTION = `# Malt and mod_wsgi-express, side by side

\`bun scripts/compare.ts\` starts the original and Malt with the same sites and options, sends both the same requests
(\`scripts/compare/scenarios\`), and writes this page: every difference in status, fields and body, with its reason. It fails
when there is one without. What is not compared: \`Date\`, \`Server\`, the framing of responses, the wording of the servers' own
pages, and reason phrases. \`SITE\` is the folder of the site. What is wrong on the wire is compared in
[http-corpus.md](http-corpus.md).`;

/** @param versions of the servers that were compared. */
export function page(total: number, rows: readonly Row[], versions: string): string {
  const result = `Of ${total} requests ${total - rows.length} are answered alike, and ${rows.length} are not (${versions}).`;
  const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
  const sections = scenarios.map((scenario) =>
    [
      `## ${scenario[0]?.toUpperCase()}${scenario.slice(1)}`,
      "",
      "| request | original | Malt | why |",
      "| --- | --- | --- | --- |",
      ...rows
        .filter((row) => row.scenario === scenario)
        .map(({ request, original, malt, why }) => `| \`${cell(request)}\` | ${original} | ${malt} | ${why} |`),
    ].join("\n"),
  );
  return `${[INTRODUCTION, result, ...sections].join("\n\n")}\n`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\r\n", "\\r\\n").replaceAll("`", "'");
}
