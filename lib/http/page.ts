/** The look of every page that the server makes by itself: errors, listings, documentation. Nothing is loaded from elsewhere. */

import type { Field } from "./exchange.ts";
import { escapeHtml } from "./html.ts";

/** For pages with what others have written in them: should it ever get through as more than text, it may do nothing. */
export const HARMLESS_PAGE: readonly Field[] = [
  ["Content-Type", "text/html; charset=utf-8"],
  ["Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"],
  ["X-Content-Type-Options", "nosniff"],
];

/** Colours and type of all pages; also for people who read in the dark, on a phone, or on paper. */
const STYLE = `:root{color-scheme:light dark;--ink:#3b2a1a;--paper:#fdf8f0;--accent:#8a4b08;--shade:#f3e6d0;--line:#e3d2b6;--faint:#7a654d}
@media(prefers-color-scheme:dark){:root{--ink:#ecdcc4;--paper:#1d1510;--accent:#e9a84c;--shade:#2f2219;--line:#4a382a;--faint:#b39c80}}
*{box-sizing:border-box}
body{margin:0;font:1.05em/1.6 Georgia,serif;color:var(--ink);background:var(--paper);-webkit-text-size-adjust:100%}
h1,h2,h3{font-weight:normal;line-height:1.25;color:var(--accent);overflow-wrap:anywhere}
a{color:var(--accent)}`;

/**
 * A whole HTML document.
 * @param style CSS of this kind of page, after the common one
 * @param content HTML
 */
export function htmlPage(title: string, style: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
${STYLE}
${style}
</style>
</head>
<body>
${content}
</body>
</html>
`;
}
