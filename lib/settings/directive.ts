/** What a file of Apache directives consists of. Plain data: it crosses processes with the settings. */

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
