/** How what is wrong with a directive is told. Pure. */

import type { Directive, Place } from "../../settings/directive.ts";

export type { Directive, Place };

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
