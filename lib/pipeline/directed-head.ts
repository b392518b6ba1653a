/** The head of a request as directives have left it, and what of it an application sees. Pure. */

import type { Request } from "../directives/request.ts";
import type { Field, RequestHead } from "../http/exchange.ts";
import { variableOfField } from "../http/field-variables.ts";

/** The same head where nothing was changed, so that what is known of it stays known. */
export function directedHead(request: Request): RequestHead {
  const { head, path, query, fields } = request;
  const sameFields = fields.length === head.fields.length && fields.every((each, index) => each === head.fields[index]);
  if (sameFields && path === head.path && query === head.query) return head;
  return {
    ...head,
    path,
    query,
    fields,
    fieldEnviron: sameFields ? head.fieldEnviron : environOf(head, fields),
    common: { uses: 1, environ: "", target: "", mapped: "", pairs: "" },
  };
}

/** The pairs of the fields, where those that directives left alone stay as they were. */
function environOf({ fields: before, fieldEnviron }: RequestHead, after: readonly Field[]): string {
  const [old, now] = [variablesOf(before), variablesOf(after)];
  const parts = fieldEnviron.split("\0").slice(1);
  let text = "";
  for (let index = 0; index < parts.length; index += 2) {
    const name = parts[index] as string;
    if (old.get(name) === now.get(name)) text += `\0${name}\0${parts[index + 1] ?? ""}`;
  }
  for (const [name, value] of now) if (old.get(name) !== value) text += `\0${name}\0${value}`;
  return text;
}

function variablesOf(fields: readonly Field[]): Map<string, string> {
  const variables = new Map<string, string>();
  for (const [name, value] of fields) {
    const key = variableOfField(name);
    if (key === "") continue;
    const before = variables.get(key);
    variables.set(key, before === undefined ? value : `${before}${key === "HTTP_COOKIE" ? "; " : ", "}${value}`);
  }
  return variables;
}

/**
 * What the server says of a request, no directive may say otherwise: an application trusts it. HTTPS is not among them,
 * since SetEnvIf is how people tell it of the proxy in front.
 */
const SERVERS_OWN =
  /^(?:malt\..*|wsgi\..*|mod_wsgi\..*|CONTENT_LENGTH|GATEWAY_INTERFACE|PATH_INFO|PATH_TRANSLATED|QUERY_STRING|REMOTE_ADDR|REMOTE_PORT|REQUEST_METHOD|REQUEST_URI|SCRIPT_NAME|SCRIPT_FILENAME|SERVER_ADDR|SERVER_NAME|SERVER_PORT|SERVER_PROTOCOL)$/;

/** Variables of directives as pairs of the environ, each with a NUL before it. */
export function environPairs({ env }: Request): string {
  let pairs = "";
  for (const [name, value] of env) {
    if (!SERVERS_OWN.test(name) && !name.includes("\0")) pairs += `\0${name}\0${value.replaceAll("\0", "")}`;
  }
  return pairs;
}
