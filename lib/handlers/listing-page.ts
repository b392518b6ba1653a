/** The page that lists a directory. Pure. Names come from whoever can write there: nothing in them may act on the page. */

import { FIRST_DATE_MS, LAST_DATE_MS } from "../http/dates.ts";
import { escapeHtml } from "../http/html.ts";
import { htmlPage } from "../http/page.ts";
import { encodePath } from "../http/path.ts";
import { inOrder, type Column, type Entry, type Order } from "./listing-order.ts";

/**
 * @param path of the directory as it was asked for: decoded, latin-1, begins and ends with "/"
 * @param total of the entries there are, when those are only the first of them
 */
export function listingPage(path: string, entries: readonly Entry[], order: Order, total: number): string {
  const rows = inOrder(entries, order).map(row);
  if (path !== "/") rows.unshift('<tr><td class="name" colspan="3"><a href="../">Parent directory</a></td></tr>');
  const table =
    rows.length === 0
      ? "<p>There is nothing in this directory.</p>"
      : `<table>
<thead><tr>${headers(order)}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;
  const more = total > entries.length ? `\n<p>These are the first ${entries.length} of ${total} entries.</p>` : "";
  const content = `<main>\n<h1>Index of ${crumbs(path)}</h1>\n${table}${more}\n</main>`;
  return htmlPage(`Index of ${visible(path)}`, STYLE, content);
}

const STYLE = `main{max-width:60em;margin:6vh auto;padding:0 1.2em 3em}
h1{margin:0 0 .8em;font-size:1.6em}
h1 a{text-decoration:none}
h1 a:hover{text-decoration:underline}
table{width:100%;border-collapse:collapse}
th{font-weight:normal;text-align:left;border-bottom:1px solid var(--line);font-size:.9em}
th a{color:var(--faint);text-decoration:none}
th a:hover{text-decoration:underline}
td,th{padding:.3em .7em .3em 0;vertical-align:baseline}
tbody tr:hover{background:var(--shade)}
.name{width:99%;overflow-wrap:anywhere}
.name a{text-decoration:none}
.name a:hover{text-decoration:underline}
.when,.size{white-space:nowrap;color:var(--faint);font-size:.9em;font-variant-numeric:tabular-nums}
.size{text-align:right;padding-right:.2em}
@media(max-width:38em){thead tr,tbody tr{display:flex;flex-wrap:wrap;column-gap:1.2em;padding:.35em 0;border-bottom:1px solid var(--line)}
th{border:0}tbody .name{width:100%}td,th{padding:0}}`;

/** Labels, and the order that a click on a column that isn't sorted by yet should have. */
const COLUMNS: readonly (readonly [column: Column, label: string, style: string])[] = [
  ["N", "Name", "name"],
  ["M", "Last modified (UTC)", "when"],
  ["S", "Size", "size"],
];

function headers(order: Order): string {
  return COLUMNS.map(([column, label, style]) => {
    const isSorted = column === order.column;
    const next = isSorted && !order.descending ? "D" : "A";
    const sorted = isSorted ? ` aria-sort="${order.descending ? "descending" : "ascending"}"` : "";
    const mark = isSorted ? (order.descending ? " ↓" : " ↑") : "";
    return `<th scope="col" class="${style}"${sorted}><a href="?C=${column};O=${next}">${label}${mark}</a></th>`;
  }).join("");
}

function row({ name, isDirectory, size, modifiedMs }: Entry): string {
  const slash = isDirectory ? "/" : "";
  // "./" keeps "javascript:" and "//host" from being what they look like; the right to left of a name stays inside of it.
  const link = `<a href="${escapeHtml(`./${encodePath(name)}${slash}`)}"><bdi>${escapeHtml(visible(name))}${slash}</bdi></a>`;
  const when = new Date(Math.min(Math.max(modifiedMs, FIRST_DATE_MS), LAST_DATE_MS)).toISOString();
  const time = `<time datetime="${when.slice(0, 19)}Z">${when.slice(0, 16).replace("T", " ")}</time>`;
  const bytes = isDirectory ? "" : `<data value="${size}" title="${size} bytes">${humanSize(size)}</data>`;
  return `<tr><td class="name">${link}</td><td class="when">${time}</td><td class="size">${bytes}</td></tr>`;
}

/** The path, each directory of it a link. */
function crumbs(path: string): string {
  const names = path.split("/").slice(1, -1);
  const links = names.map((name, index) => {
    const up = "../".repeat(names.length - 1 - index) || "./";
    return `<a href="${up}"><bdi>${escapeHtml(visible(name))}</bdi></a>/`;
  });
  return `<a href="${"../".repeat(names.length) || "./"}">/</a>${links.join("")}`;
}

/**
 * Bytes as people read them: UTF-8, with a replacement for what is none, for control characters, and for those that change
 * the direction or the lines of the text around them.
 */
function visible(name: string): string {
  return Buffer.from(name, "latin1")
    .toString("utf8")
    .replaceAll(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, "\ufffd");
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

export function humanSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
