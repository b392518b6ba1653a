/** From the text of a configuration file to its directives: lines, comments, continuations, containers. Pure. */

import { DirectiveError, type Directive } from "./directive.ts";

interface Line {
  readonly text: string;
  readonly line: number;
}

/** Deeper than any configuration; a limit keeps what walks the tree from overflowing the stack. */
const MAX_DEPTH = 64;

/** @param file how messages name it */
export function parseDirectives(text: string, file: string): Directive[] {
  const top: Directive[] = [];
  const open: { readonly directive: Directive; readonly children: Directive[] }[] = [];
  for (const { text: content, line } of logicalLines(text)) {
    const place = { file, line };
    // They would end a header field that is made of them, or the name of a file.
    if (/[\0\r]/.test(content)) throw new DirectiveError("the line has a control character in it", place);
    const siblings = open.at(-1)?.children ?? top;
    if (content.startsWith("</")) {
      const closing = /^<\/([^\s>]+)\s*>$/.exec(content)?.[1];
      const innermost = open.pop()?.directive;
      if (closing === undefined) throw new DirectiveError(`${content} is no end of a section`, place);
      if (innermost === undefined) throw new DirectiveError(`</${closing}> without <${closing}>`, place);
      if (innermost.name.toLowerCase() !== closing.toLowerCase()) {
        throw new DirectiveError(
          `</${closing}> where </${innermost.name}> is due, for the section of line ${innermost.line}`,
          place,
        );
      }
    } else if (content.startsWith("<")) {
      const [, name, args] = /^<([^\s>]+)([^]*)>$/.exec(content) ?? [];
      if (name === undefined || args === undefined) {
        throw new DirectiveError(`${content} is no beginning of a section: it doesn't end with ">"`, place);
      }
      if (open.length >= MAX_DEPTH) throw new DirectiveError(`more than ${MAX_DEPTH} sections in each other`, place);
      const children: Directive[] = [];
      const directive = { ...place, name, args: args.trim(), children };
      siblings.push(directive);
      open.push({ directive, children });
    } else {
      const nameEnd = content.search(/\s/);
      const name = nameEnd < 0 ? content : content.slice(0, nameEnd);
      const args = nameEnd < 0 ? "" : content.slice(nameEnd).trim();
      siblings.push({ ...place, name, args, children: null });
    }
  }
  const unclosed = open.at(-1)?.directive;
  if (unclosed !== undefined) throw new DirectiveError(`<${unclosed.name}> without </${unclosed.name}>`, unclosed);
  return top;
}

/** Lines without the blanks around them; empty ones and comments are left out. A comment can be continued, too. */
function logicalLines(text: string): Line[] {
  const lines: Line[] = [];
  const raw = text.split("\n");
  for (let index = 0; index < raw.length; index++) {
    const line = index + 1;
    let content = (raw[index] as string).replace(/\r$/, "");
    while (content.endsWith("\\") && index + 1 < raw.length) {
      content = content.slice(0, -1) + (raw[++index] as string).replace(/\r$/, "");
    }
    content = content.trim();
    if (content !== "" && !content.startsWith("#")) lines.push({ text: content, line });
  }
  return lines;
}
