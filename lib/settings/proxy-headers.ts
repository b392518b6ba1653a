/** The header fields by which proxies speak for their clients, and what each is about. Pure. */

/** What a field tells. Of each subject only one field counts, so that an application can't be told two stories. */
export type Subject = "client" | "scheme" | "host" | "server" | "port" | "script name";

/** By lower-case name. Forwarded (RFC 7239) is the only one that tells several things at once. */
const SUBJECTS: Readonly<Record<string, readonly Subject[]>> = {
  forwarded: ["client", "scheme", "host"],
  "x-forwarded-for": ["client"],
  "x-client-ip": ["client"],
  "x-real-ip": ["client"],
  "x-forwarded-proto": ["scheme"],
  "x-forwarded-scheme": ["scheme"],
  "x-scheme": ["scheme"],
  "x-forwarded-https": ["scheme"],
  "x-forwarded-ssl": ["scheme"],
  "x-https": ["scheme"],
  "x-forwarded-host": ["host"],
  "x-host": ["host"],
  "x-forwarded-server": ["server"],
  "x-forwarded-port": ["port"],
  "x-script-name": ["script name"],
  "x-forwarded-script-name": ["script name"],
};

/** What a field is about; nothing for a field that no proxy sends. */
export function subjectsOf(lowerName: string): readonly Subject[] {
  return (Object.hasOwn(SUBJECTS, lowerName) ? SUBJECTS[lowerName] : undefined) ?? [];
}

/** All fields that are about one of `subjects`. */
export function fieldsAbout(subjects: ReadonlySet<Subject>): readonly string[] {
  return Object.keys(SUBJECTS).filter((name) => subjectsOf(name).some((subject) => subjects.has(subject)));
}

/** Whether a field tells that the client of a proxy speaks HTTPS. */
export function isSchemeHeader(name: string): boolean {
  return subjectsOf(name.toLowerCase()).includes("scheme");
}
