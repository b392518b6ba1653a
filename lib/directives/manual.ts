/** The manual of the directives, as Markdown: which of Apache's there are, and in what they fall short. Pure. */

import type { Definition } from "./modules/definition.ts";
import { CONTAINERS, modules, READ_TIME } from "./modules/table.ts";

const PREFACE = `# Apache directives

<!-- Made by scripts/directives.ts from the tables in lib/directives/modules. -->

\`--include-file\`, \`--rewrite-rules\` and the \`.htaccess\` files of \`--allow-override\` hold directives of Apache 2.4. Those below
mean what they mean there. Any other is an error that names file and line: at the start, which it prevents, and in an
\`.htaccess\` file as a 500 and a line in the error log.

- Files are read when the server starts and when it restarts (SIGHUP, SIGUSR1), with its rights. If something is wrong with them
  at a restart, what they said before holds, and the error log says why. \`.htaccess\` files are read when a request comes by,
  with the rights of \`--user\`. Relative names begin at the server root.
- Sections apply in Apache's order: \`<Directory>\` and \`.htaccess\` from the root down, \`<DirectoryMatch>\`, \`<Files>\`,
  \`<Location>\`, \`<If>\`.
- \`<IfModule>\` holds for the modules that have directives here, and for mod_cgi and mod_cgid with \`--with-cgi\`;
  \`LoadModule\` is accepted for these. Sections for other modules are passed over. \`<IfVersion>\` compares with 2.4.66.
- With \`--with-cgi\` the site begins with \`AddHandler cgi-script .cgi\` and, in the document root, \`Options +ExecCGI\`, as the
  original's does. Without it no file runs: what directives call a script is 403, and the error log says why.
- \`\${NAME}\` stands for what \`Define\` said, or for a variable of the environment.
- \`--rewrite-rules\` are rules as in the section of the document root: patterns see paths without their first slash. They apply
  ahead of files and the application. A path that they rewrite begins anew, at most 10 times.
- \`RewriteEngine\` is on in the document root and below it, as the original has it.
- Regular expressions are those of JavaScript, which have nearly everything of PCRE: no possessive quantifiers, atomic groups,
  recursion or Unicode properties. What isn't supported is an error.
- An expression that would try ways without end is given up after about a second and doesn't match, as with PCRE; all requests
  of the front end wait meanwhile. Alternatives that nothing repeats, as in \`(a|a)(a|a)(a|a)\` and so on, have no such limit.
- Variables that directives set are in the environ of the application, but can't change what the server says itself, such as
  \`PATH_INFO\` or \`REMOTE_ADDR\`. \`HTTPS=on\` makes \`wsgi.url_scheme\` "https".
- Expressions have every operator and variable of Apache 2.4, but no \`file\`, \`-F\`, \`-U\`, \`-A\` and no list functions.
`;

export function directivesManual(): string {
  const sections = [
    "## Sections and files",
    "",
    ...[...CONTAINERS.map((name) => `<${name}>`), ...READ_TIME]
      .map((name) => `\`${name}\``)
      .join(", ")
      .split("\n"),
    "",
  ];
  for (const { name, directives, refused } of modules) {
    sections.push(`## ${name}`, "");
    if (directives.length > 0) sections.push(...table(directives));
    if (refused.length > 0) {
      sections.push(
        `Not supported: ${refused.map((each) => `\`${each.replace(/^<([^>]*)$/, "<$1>")}\``).join(", ")}`,
        "",
      );
    }
    if (directives.length + refused.length === 0) sections.push("It has no directives of its own.", "");
  }
  return [PREFACE, ...sections].join("\n").replace(/\n+$/, "\n");
}

function table(directives: readonly Definition[]): string[] {
  const rows = directives.map(({ name, shortfall, override }) => [
    `\`${name}\``,
    shortfall === null ? "yes" : `partly: ${shortfall}`,
    override ?? "—",
  ]);
  const head = ["directive", "supported", ".htaccess"];
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? title).length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line), ""];
}
