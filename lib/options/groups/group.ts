/** A group of options: one subject of `--help` and of the manual. */

import type { Option } from "../option.ts";

export interface Group<Options extends Readonly<Record<string, Option>> = Readonly<Record<string, Option>>> {
  readonly subject: string;
  readonly options: Options;
}

export function group<const Options extends Readonly<Record<string, Option>>>(
  subject: string,
  options: Options,
): Group<Options> {
  return { subject, options };
}
