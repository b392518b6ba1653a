/** Shell wildcards as regular expressions: `*`, `?`, `[…]`. Pure. */

export interface GlobOptions {
  readonly ignoreCase?: boolean;
  /** `*` and `?` stop at "/". */
  readonly isPath?: boolean;
}

export function globRegex(pattern: string, { ignoreCase, isPath }: GlobOptions = {}): RegExp {
  const any = isPath === true ? "[^/]" : "[^]";
  let source = "";
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] as string;
    const members = /^\[([!^]?)(\]?[^\]]*)\]/.exec(pattern.slice(index));
    // As a group, whose rounds the engine counts (see regex.ts).
    if (character === "*") source += `(?:${any})*`;
    else if (character === "?") source += any;
    else if (character === "\\" && index + 1 < pattern.length) source += literal(pattern[++index] as string);
    else if (character === "[" && members !== null) {
      source += `[${members[1] === "" ? "" : "^"}${(members[2] as string).replace(/[\\\]^]/g, "\\$&")}]`;
      index += members[0].length - 1;
    } else source += literal(character);
  }
  return new RegExp(`^${source}$`, ignoreCase === true ? "i" : "");
}

export function hasWildcards(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}
