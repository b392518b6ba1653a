/** Names of people and things in certificates (RFC 5280 §4.1.2.4), as mod_ssl shows them. Pure. */

/**
 * The components that have a variable of their own, by the names that the library prints: short ones, and dotted numbers for
 * those it has no name for.
 */
const VARIABLES: Readonly<Record<string, string>> = {
  C: "C",
  ST: "ST",
  L: "L",
  O: "O",
  OU: "OU",
  CN: "CN",
  title: "T",
  initials: "I",
  GN: "G",
  SN: "S",
  description: "D",
  UID: "UID",
  x500UniqueIdentifier: "UID",
  emailAddress: "Email",
};

/** `lines` is a name as the library prints it: a component a line, the first one first, specials escaped by "\". */
export function rfc2253(lines: string): string {
  // Components of one level are joined by " + "; a plus that belongs to a value is escaped.
  return lines.split("\n").toReversed().join(",").replaceAll(" + ", "+");
}

/** The variables of a name: `CN`, `OU`, and for a second one `OU_1`. */
export function components(lines: string): readonly (readonly [variable: string, value: string])[] {
  const counts = new Map<string, number>();
  return lines.split(/\n| \+ /).flatMap((component) => {
    const equals = component.indexOf("=");
    const variable = VARIABLES[component.slice(0, equals)];
    if (variable === undefined) return [];
    const count = counts.get(variable) ?? 0;
    counts.set(variable, count + 1);
    return [[count === 0 ? variable : `${variable}_${count}`, unescaped(component.slice(equals + 1))] as const];
  });
}

/** Control characters are escaped by number (`\00`) and stay so: nothing that reads variables is ready for them. */
function unescaped(value: string): string {
  return value.replaceAll(/\\([^0-9A-Fa-f])/g, "$1");
}
