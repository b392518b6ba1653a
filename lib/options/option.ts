/**
 * What an option is. Pure.
 *
 * An option is one entry of the table: the parser, the checks, `--help`, the manual and citty's `args` follow from it.
 */

/**
 * "built" works; "planned" is accepted and checked, and warns; "ignored" has nothing to
 * act on here, and warns why.
 */
export type Status = "built" | "planned" | "ignored";

export type Kind = "flag" | "text" | "path" | "choice" | "integer" | "float" | "pair";

/**
 * What must be there before the server starts: a file to read, a directory to use, or the directory around one that
 * the server makes (`made-directory`) or a file it writes (`written-file`).
 */
export type Needs = "file" | "directory" | "made-directory" | "written-file";

export type Read<Each> = { readonly value: Each } | { readonly wrong: string };

/** `Each` is the value of one use on the command line, `Final` what the table yields: a list, or a default when unused. */
export interface Option<Each = unknown, Final = unknown> {
  readonly kind: Kind;
  /** One name for each word the option takes; none for a flag. */
  readonly metavars: readonly string[];
  readonly unit: string | null;
  readonly repeatable: boolean;
  readonly default: Final;
  /** The default in words, where it is not a constant. */
  readonly fallback: string | null;
  /** What 0 means, where it is not just a small number. */
  readonly zero: string | null;
  /** Which values are good, in words. */
  readonly range: string | null;
  readonly help: string;
  readonly status: Status;
  /** Why an ignored option has nothing to act on. */
  readonly reason: string | null;
  /** Accepted, but shown neither by `--help` nor in the manual. */
  readonly hidden: boolean;
  /** A second, hidden name. */
  readonly alias: string | null;
  readonly needs: Needs | null;
  /** The value of one use, or the whole text of the error; `flag` is the option as the error names it. */
  readonly read: (flag: string, words: readonly string[]) => Read<Each>;
}
