/** What a file of Apache directives consists of, and how what is wrong with one is told. Plain data: it crosses processes. */

export interface Place {
  readonly file: string;
  /** From 1: where the directive begins. */
  readonly line: number;
}

/** A line, or a container with what is between `<Name …>` and `</Name>`. Text is latin-1, one character a byte. */
export interface Directive extends Place {
  /** As it was written. */
  readonly name: string;
  /** What follows the name, as it was written. */
  readonly args: string;
  /** null for a line. */
  readonly children: readonly Directive[] | null;
}

export class DirectiveError extends Error {
  override readonly name = "DirectiveError";
  readonly what: string;

  constructor(what: string, { file, line }: Place) {
    super(`${file}:${line}: ${what}`);
    this.what = what;
  }
}

/** Runs `task`; an Error that doesn't know where it happened is told with the place. */
export function at<Result>(place: Place, task: () => Result): Result {
  try {
    return task();
  } catch (error) {
    if (error instanceof DirectiveError) throw error;
    throw new DirectiveError((error as Error).message, place);
  }
}

/** How a directive is named in messages: as it is written. */
export function titleOf({ name, children }: Directive): string {
  return children === null ? name : `<${name}>`;
}
