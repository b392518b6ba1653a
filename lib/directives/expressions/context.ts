/** What expressions are evaluated with. */

import type { Request } from "../request.ts";

export interface Context {
  readonly request: Request;
  /** What the last regular expression that matched has found: `$0` to `$9`. */
  groups: readonly (string | undefined)[];
}

export type Condition = (context: Context) => boolean;
export type Text = (context: Context) => string;

export function contextOf(request: Request): Context {
  return { request, groups: [] };
}
