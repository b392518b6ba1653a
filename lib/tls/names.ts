/** Which certificate goes with the host that a client asks for (SNI, RFC 6066 §3). Pure. */

/** What `find` gives for a host: an exact name first, then a wildcard for its first label (RFC 6125 §6.4.3). */
export interface NameTable<Value> {
  find(host: string): Value | undefined;
}

/** Of several that have the same name the first counts. */
export function nameTable<Value>(
  entries: Iterable<readonly [names: readonly string[], value: Value]>,
): NameTable<Value> {
  const byName = new Map<string, Value>();
  for (const [names, value] of entries) {
    for (const name of names) if (!byName.has(name)) byName.set(name, value);
  }
  return {
    find(host) {
      const name = host.toLowerCase();
      const dot = name.indexOf(".");
      return byName.get(name) ?? (dot > 0 ? byName.get(`*${name.slice(dot)}`) : undefined);
    },
  };
}

/** The DNS names of a certificate, lower case. */
export function dnsNames(subjectAltName: string | undefined): readonly string[] {
  return alternativeNames(subjectAltName ?? "").flatMap(([kind, name]) => (kind === "DNS" ? [name.toLowerCase()] : []));
}

/**
 * The names for machines and mail in a subjectAltName as the library prints it: `DNS:a.test, IP Address:192.0.2.1`. It quotes
 * those that hold a comma; none of these is a name to go by.
 */
export function alternativeNames(text: string): readonly (readonly [kind: "DNS" | "email", name: string])[] {
  const unquoted = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...unquoted.matchAll(/(?:^|, )(DNS|email):([^,"\s]+)(?=,|$)/g)].map(
    ([, kind, name = ""]) => [kind as "DNS" | "email", name] as const,
  );
}
