/** The built-in documentation: the pages of docs/ as HTML, made when somebody first asks for them. */

import differences from "../../../docs/differences.md" with { type: "text" };
import directives from "../../../docs/directives.md" with { type: "text" };
import logs from "../../../docs/logs.md" with { type: "text" };
import reference from "../../../docs/reference.md" with { type: "text" };
import { htmlPage } from "../../http/page.ts";

interface Chapter {
  /** In its URL: "reference" is reference.html. */
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly markdown: string;
}

const CHAPTERS: readonly Chapter[] = [
  { name: "reference", title: "Options", about: "Every option of start-server.", markdown: reference },
  {
    name: "directives",
    title: "Directives",
    about: "What --include-file, --rewrite-rules and .htaccess files may hold.",
    markdown: directives,
  },
  {
    name: "logs",
    title: "Logs",
    about: "Where logs go, what is in them, and how to have it otherwise.",
    markdown: logs,
  },
  {
    name: "differences",
    title: "Differences",
    about: "Where this server does otherwise than mod_wsgi-express, and why.",
    markdown: differences,
  },
];

/** The page of a name such as "reference.html"; "" and "index.html" are the first one. undefined when there is none. */
export function docsPage(name: string): Buffer | undefined {
  let page = made.get(name);
  if (page === undefined) {
    const html = name === "" || name === "index.html" ? overview() : chapterPage(name);
    if (html === undefined) return undefined;
    made.set(name, (page = Buffer.from(html)));
  }
  return page;
}

/** No more than there are chapters. */
const made = new Map<string, Buffer>();

function overview(): string {
  const items = CHAPTERS.map(
    ({ name, title, about }) => `<dt><a href="${name}.html">${title}</a></dt>\n<dd>${about}</dd>`,
  );
  const content = `<h1>Malt</h1>
<p>A WSGI server in one file, with the command line of <code>mod_wsgi-express</code>. This is the manual of the server that
shows it to you. The same, shorter, is on its command line: <code>start-server --help</code>.</p>
<dl>
${items.join("\n")}
</dl>`;
  return htmlPage("Malt", STYLE, framed(content, null));
}

function chapterPage(name: string): string | undefined {
  const chapter = CHAPTERS.find((each) => `${each.name}.html` === name);
  if (chapter === undefined) return undefined;
  // A comment says to writers what has nothing to say to readers; all other "<" are text.
  const text = chapter.markdown.replaceAll(/<!--[^]*?-->\n*/g, "");
  const options = { headings: { ids: true, autolink: true }, noHtmlBlocks: true, noHtmlSpans: true };
  const html = Bun.markdown
    .html(text, options)
    .replaceAll(/<table>[^]*?<\/table>/g, '<div class="wide">$&</div>')
    .replaceAll(/ href="(?:\.\/)?([a-z-]+)\.md(#[^"]*)?"/g, ' href="$1.html$2"');
  return htmlPage(`${chapter.title} – Malt`, STYLE, framed(html, chapter));
}

/** With the way to the other pages. */
function framed(content: string, current: Chapter | null): string {
  const links = CHAPTERS.map((chapter) => {
    const here = chapter === current ? ' aria-current="page"' : "";
    return `<a href="${chapter.name}.html"${here}>${chapter.title}</a>`;
  });
  return `<nav aria-label="Pages"><a href="./">Malt</a> ${links.join(" ")}</nav>\n<main>\n${content}\n</main>`;
}

const STYLE = `nav{display:flex;flex-wrap:wrap;gap:.2em 1.3em;padding:.8em 1.5em;border-bottom:1px solid var(--line);background:var(--shade)}
nav a{text-decoration:none}
nav a[aria-current]{color:var(--ink)}
main{max-width:46em;margin:0 auto;padding:1em 1.5em 5em}
h1{font-size:2em}
h2{margin-top:2.2em;border-bottom:1px solid var(--line);font-size:1.5em}
h3{margin:1.8em 0 .4em;font-size:1.15em}
h1 a,h2 a,h3 a,h4 a{color:inherit;text-decoration:none}
:target{scroll-margin-top:1em;background:var(--shade)}
code{font:.86em/1.5 ui-monospace,Menlo,Consolas,monospace;background:var(--shade);padding:.1em .3em;border-radius:.2em;overflow-wrap:anywhere}
pre{padding:.7em 1em;background:var(--shade);overflow-x:auto;border-radius:.3em}
pre code{padding:0;background:none;overflow-wrap:normal}
ul{padding-left:1.3em}
dt{margin-top:1em;font-size:1.1em}
dd{margin:0}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.92em}
td,th{padding:.35em .9em .35em 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
@media print{nav{display:none}}`;
