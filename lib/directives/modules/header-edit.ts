/** What Header and RequestHeader do to fields. Pure. */

import type { Field } from "../../http/exchange.ts";
import type { Condition, Context, Text } from "../expressions/context.ts";

export interface Edit {
  readonly action: "set" | "append" | "merge" | "add" | "unset" | "echo" | "edit" | "edit*" | "setifempty" | "note";
  /** A pattern of names for "echo". */
  readonly name: string;
  readonly value: Text;
  readonly pattern: RegExp | null;
  /** Also for the server's own error responses. */
  readonly always: boolean;
  readonly condition: Condition | null;
}

/** The fields after the edits, in order. `requested` are those of the request, for "echo". */
export function editFields(
  given: readonly Field[],
  edits: readonly Edit[],
  context: Context,
  requested: readonly Field[],
): Field[] {
  let fields = [...given];
  for (const edit of edits) {
    if (edit.condition !== null && !edit.condition(context)) continue;
    fields = apply(fields, edit, context, requested);
  }
  return fields;
}

function apply(fields: Field[], edit: Edit, context: Context, requested: readonly Field[]): Field[] {
  const { action, name } = edit;
  const lower = name.toLowerCase();
  const isIt = ([each]: Field): boolean => each.toLowerCase() === lower;
  const value = (): string => clean(edit.value(context));
  const present = fields.findIndex(isIt);
  switch (action) {
    case "add":
      return [...fields, [name, value()]];
    case "set":
      return [...fields.filter((each) => !isIt(each)), [name, value()]];
    case "setifempty":
      return present < 0 ? [...fields, [name, value()]] : fields;
    case "unset":
      return fields.filter((each) => !isIt(each));
    case "append":
    case "merge": {
      if (present < 0) return [...fields, [name, value()]];
      const old = fields[present] as Field;
      const own = value();
      if (action === "merge" && membersOf(old[1]).includes(own)) return fields;
      return fields.with(present, [old[0], `${old[1]}, ${own}`]);
    }
    case "edit":
    case "edit*":
      return fields.map((each) => (isIt(each) ? [each[0], edited(each[1], edit, context)] : each));
    case "echo":
      return [...fields, ...requested.filter(([each]) => edit.pattern?.test(each) === true)];
    case "note":
      return fields;
  }
}

/** The elements of a list field; commas in quotes separate nothing. */
function membersOf(list: string): string[] {
  return (list.match(/(?:"(?:\\.|[^"\\])*"|[^,"])+/g) ?? []).map((member) => member.trim());
}

function edited(value: string, { pattern, value: replacement, action }: Edit, context: Context): string {
  if (pattern === null) return value;
  const search = action === "edit*" ? new RegExp(pattern.source, `${pattern.flags}g`) : pattern;
  return clean(
    value.replace(search, (...found: unknown[]) => {
      // Behind the groups come offset, text and named groups.
      const end = found.findIndex((part) => typeof part === "number");
      const groups = found.slice(0, end) as (string | undefined)[];
      return withGroups(replacement(context), groups);
    }),
  );
}

/** `$1` as Apache fills it in; a backslash keeps the next character. */
export function withGroups(text: string, groups: readonly (string | undefined)[]): string {
  return text.replace(
    /\\([^])|\$(\d)/g,
    (_whole, kept?: string, group?: string) => kept ?? groups[Number(group)] ?? "",
  );
}

/** A line end in a value would begin another field. */
function clean(value: string): string {
  return value.replace(/[\r\n\0]+/g, " ");
}
