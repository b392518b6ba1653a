/** SetEnvIf and its kin: variables that follow from the request. */

import { contextOf, type Condition } from "../expressions/context.ts";
import { parseExpression } from "../expressions/parse.ts";
import { clientAddress, fieldOf, type Request } from "../request.ts";
import { compileRegex } from "../syntax/regex.ts";
import { withGroups } from "./header-edit.ts";

export interface EnvIf {
  /** The groups of a match; null when it doesn't apply. */
  readonly match: (request: Request) => readonly (string | undefined)[] | null;
  readonly changes: readonly VariableChange[];
}

interface VariableChange {
  readonly name: string;
  /** null removes it. */
  readonly value: string | null;
}

export function applyEnvIf(rules: readonly EnvIf[], request: Request): void {
  for (const { match, changes } of rules) {
    const groups = match(request);
    if (groups === null) continue;
    for (const { name, value } of changes) {
      if (value === null) request.env.delete(name);
      // Without groups in the expression there is nothing to fill in, not even `$0`.
      else request.env.set(name, groups.length > 1 ? withGroups(value, groups) : value);
    }
  }
}

const ATTRIBUTES: Readonly<Record<string, (request: Request) => string>> = {
  remote_addr: clientAddress,
  remote_host: clientAddress,
  server_addr: ({ head }) => head.peer.localAddress,
  request_method: ({ head }) => head.method,
  request_protocol: ({ head }) => head.version,
  request_uri: ({ uri }) => uri,
};

/** `SetEnvIf ATTRIBUTE REGEX [!]NAME[=VALUE] …` */
export function envIf(attribute: string, pattern: string, ignoreCase: boolean, changes: readonly string[]): EnvIf {
  const regex = compileRegex(pattern, ignoreCase);
  const special = ATTRIBUTES[attribute.toLowerCase()];
  if (special !== undefined) {
    return { match: (request) => regex.exec(special(request)), changes: changes.map(parseChange) };
  }
  if (!/^[\w-]+$/.test(attribute)) {
    const names = compileRegex(attribute, true);
    return {
      match({ fields }) {
        for (const [name, value] of fields) {
          const found = names.test(name) ? regex.exec(value) : null;
          if (found !== null) return found;
        }
        return null;
      },
      changes: changes.map(parseChange),
    };
  }
  // A field, or else a variable that another line has set.
  const valueOf = ({ fields, env }: Request): string => fieldOf(fields, attribute) ?? env.get(attribute) ?? "";
  return { match: (request) => regex.exec(valueOf(request)), changes: changes.map(parseChange) };
}

/** `SetEnvIfExpr EXPRESSION [!]NAME[=VALUE] …` */
export function envIfExpression(text: string, changes: readonly string[]): EnvIf {
  const condition: Condition = parseExpression(text);
  return {
    match(request) {
      const context = contextOf(request);
      return condition(context) ? context.groups : null;
    },
    changes: changes.map(parseChange),
  };
}

function parseChange(text: string): VariableChange {
  if (text.startsWith("!")) return { name: text.slice(1), value: null };
  const equals = text.indexOf("=");
  return equals < 0 ? { name: text, value: "1" } : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}
