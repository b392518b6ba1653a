/** What each letter of an ErrorLogFormat stands for. Pure. */

import { EARLIER_REQUESTS, LISTENER_PORT, REQUEST_ID, type ErrorRecord } from "./error-record.ts";
import { escapeField, escapeMessage } from "./escape.ts";
import { compactTime, errorLogTime, plainTime, zoneAt } from "./times.ts";

/** The text of an item; "" when the record has nothing for it. */
export type ErrorItem = (record: ErrorRecord) => string;

export interface ErrorDirective {
  readonly item: ErrorItem;
  /** Variables of the request that it looks at. */
  readonly variables: readonly string[];
}

const plain = (item: ErrorItem): ErrorDirective => ({ item, variables: [] });
const nothing = plain(() => "");
const variable = (name: string): ErrorDirective => ({
  item: ({ about }) => {
    const value = about !== undefined && Object.hasOwn(about, name) ? about[name] : undefined;
    return value === undefined ? "" : escapeField(value);
  },
  variables: [name],
});

/** Name of the variable that a request field becomes (RFC 3875 §4.1.18). */
function fieldVariable(field: string): string {
  const name = field.toUpperCase().replaceAll("-", "_");
  return name === "CONTENT_TYPE" || name === "CONTENT_LENGTH" ? name : `HTTP_${name}`;
}

/** Any of the letters u (microseconds), c (ISO 8601) and z (offset from UTC), as Apache reads them. */
function time(argument: string): ErrorDirective {
  const fine = argument.includes("u");
  const compact = argument.includes("c");
  const zone = argument.includes("z");
  return plain(({ timeUs }) => {
    const text = compact ? compactTime(timeUs, fine) : fine ? errorLogTime(timeUs) : plainTime(timeUs);
    return zone ? `${text} ${zoneAt(timeUs)}` : text;
  });
}

const ADDRESS = "SERVER_ADDR";

/** The directive of a letter with the text in braces ("" without); undefined when there is none, or not with that text. */
export function errorDirective(letter: string, argument: string, serverName: string): ErrorDirective | undefined {
  const bare = (made: ErrorDirective) => (argument === "" ? made : undefined);
  switch (letter) {
    case "a":
      return argument === "" || argument === "c"
        ? plain(({ client, remote }) => escapeMessage(client ?? remote ?? ""))
        : undefined;
    case "A":
      return bare({
        item: ({ about }) =>
          about?.[ADDRESS] === undefined ? "" : escapeField(`${about[ADDRESS]}:${about[LISTENER_PORT] ?? ""}`),
        variables: [ADDRESS, LISTENER_PORT],
      });
    case "e":
      return argument === "" ? undefined : variable(argument);
    // Neither a status of the operating system nor a line of source code belongs to a record here.
    case "E":
    case "F":
      return bare(nothing);
    case "i":
      return argument === "" ? undefined : variable(fieldVariable(argument));
    case "k":
      return bare(variable(EARLIER_REQUESTS));
    case "l":
      return bare(plain(({ level }) => level));
    case "L":
      // Connections have no id here.
      if (argument === "c" || argument === "C") return nothing;
      return bare(variable(REQUEST_ID));
    case "m":
      return bare(plain(({ module }) => module));
    case "n":
      return argument === "" ? undefined : nothing;
    case "P":
      return bare(plain(({ pid }) => String(pid)));
    case "T":
      return argument === "" || argument === "g" ? plain(({ tid }) => String(tid)) : undefined;
    case "t":
      return /^[ucz]*$/.test(argument) ? time(argument) : undefined;
    case "v":
      return bare(plain(() => escapeField(serverName)));
    case "V": {
      const asked = variable("SERVER_NAME");
      return bare({ ...asked, item: (record) => asked.item(record) || escapeField(serverName) });
    }
    default:
      return undefined;
  }
}
