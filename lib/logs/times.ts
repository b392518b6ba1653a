/** Points in time as the logs write them: local time, English names. Pure but for the time zone of the process. */

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

const two = (number: number) => String(number).padStart(2, "0");
const short = (name: string | undefined) => (name ?? "").slice(0, 3);

/** `+0530`. */
function zone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.trunc(size / 60))}${two(size % 60)}`;
}

/** Remembers the text of the last second: a busy server asks for the same one thousands of times. */
function oncePerSecond(format: (date: Date) => string): (seconds: number) => string {
  let last = Number.NaN;
  let text = "";
  return (seconds) => {
    if (seconds !== last) {
      text = format(new Date(seconds * 1000));
      last = seconds;
    }
    return text;
  };
}

const dayAndTime = oncePerSecond((date) => strftime("%a %b %d %H:%M:%S", date));
const yearOf = oncePerSecond((date) => String(date.getFullYear()));
const common = oncePerSecond((date) => strftime("[%d/%b/%Y:%H:%M:%S %z]", date));

const compact = oncePerSecond((date) => strftime("%Y-%m-%d %H:%M:%S", date));
const iso = oncePerSecond((date) => date.toISOString().slice(0, 19));
const zoneOf = oncePerSecond(zone);

const microsecondsOf = (us: number) => String(Math.floor(us) % 1e6).padStart(6, "0");

/** `Mon Nov 23 06:59:45.138699 2026`, of µs since the epoch. */
export function errorLogTime(us: number): string {
  const seconds = Math.floor(us / 1e6);
  return `${dayAndTime(seconds)}.${microsecondsOf(us)} ${yearOf(seconds)}`;
}

/** `Mon Nov 23 06:59:45 2026`. */
export function plainTime(us: number): string {
  const seconds = Math.floor(us / 1e6);
  return `${dayAndTime(seconds)} ${yearOf(seconds)}`;
}

/** `2026-11-23 06:59:45`, with `.138699` when `fine`. */
export function compactTime(us: number, fine: boolean): string {
  const seconds = Math.floor(us / 1e6);
  return fine ? `${compact(seconds)}.${microsecondsOf(us)}` : compact(seconds);
}

/** `2026-11-23T06:59:45.138699Z`: UTC (RFC 3339). */
export function isoTime(us: number): string {
  return `${iso(Math.floor(us / 1e6))}.${microsecondsOf(us)}Z`;
}

/** `+0530`, the offset at that time. */
export function zoneAt(us: number): string {
  return zoneOf(Math.floor(us / 1e6));
}

/** `2026-11-23-06_59_45`, UTC: what rotatelogs puts into names. */
export function fileStamp(ms: number): string {
  const [day = "", time = ""] = new Date(ms).toISOString().split("T");
  return `${day}-${time.slice(0, 8).replaceAll(":", "_")}`;
}

/** `[23/Nov/2026:06:59:45 +0000]`, of µs since the epoch. */
export function commonLogTime(us: number): string {
  return common(Math.floor(us / 1e6));
}

/** strftime(3) conversions this knows, in the C locale. */
const conversions: Readonly<Record<string, (date: Date) => string>> = {
  a: (date) => short(DAYS[date.getDay()]),
  A: (date) => DAYS[date.getDay()] ?? "",
  b: (date) => short(MONTHS[date.getMonth()]),
  h: (date) => short(MONTHS[date.getMonth()]),
  B: (date) => MONTHS[date.getMonth()] ?? "",
  c: (date) => strftime("%a %b %e %H:%M:%S %Y", date),
  C: (date) => two(Math.floor(date.getFullYear() / 100)),
  d: (date) => two(date.getDate()),
  D: (date) => strftime("%m/%d/%y", date),
  e: (date) => String(date.getDate()).padStart(2, " "),
  F: (date) => strftime("%Y-%m-%d", date),
  g: (date) => two(isoWeek(date).year % 100),
  G: (date) => String(isoWeek(date).year),
  H: (date) => two(date.getHours()),
  I: (date) => two(date.getHours() % 12 || 12),
  j: (date) => String(dayOfYear(date)).padStart(3, "0"),
  k: (date) => String(date.getHours()).padStart(2, " "),
  l: (date) => String(date.getHours() % 12 || 12).padStart(2, " "),
  m: (date) => two(date.getMonth() + 1),
  M: (date) => two(date.getMinutes()),
  n: () => "\n",
  p: (date) => (date.getHours() < 12 ? "AM" : "PM"),
  P: (date) => (date.getHours() < 12 ? "am" : "pm"),
  r: (date) => strftime("%I:%M:%S %p", date),
  R: (date) => strftime("%H:%M", date),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  S: (date) => two(date.getSeconds()),
  t: () => "\t",
  T: (date) => strftime("%H:%M:%S", date),
  u: (date) => String(date.getDay() || 7),
  U: (date) => two(Math.floor((dayOfYear(date) + 6 - date.getDay()) / 7)),
  V: (date) => two(isoWeek(date).week),
  w: (date) => String(date.getDay()),
  W: (date) => two(Math.floor((dayOfYear(date) + 6 - ((date.getDay() + 6) % 7)) / 7)),
  x: (date) => strftime("%m/%d/%y", date),
  X: (date) => strftime("%H:%M:%S", date),
  y: (date) => two(date.getFullYear() % 100),
  Y: (date) => String(date.getFullYear()),
  z: zone,
  Z: (date) =>
    /\(?([A-Z]{2,5})\)?$/.exec(date.toLocaleTimeString("en-US", { timeZoneName: "short" }))?.[1] ?? zone(date),
  "%": () => "%",
};

// glibc's flags ("-" for no padding, "_" for blanks, "0", "^" for capitals), a width, and the E and O of POSIX, which
// change nothing in the C locale.
const CONVERSION = /%([-_0^]*)(\d*)([EO]?)([^]?)/g;

/** The first conversion in `format` that {@link strftime} doesn't know, such as "%Q"; undefined when it knows all. */
export function unknownConversion(format: string): string | undefined {
  for (const [whole, , , , letter = ""] of format.matchAll(CONVERSION)) {
    if (!Object.hasOwn(conversions, letter)) return whole;
  }
  return undefined;
}

/** Formats local time; a conversion it doesn't know stays as it is. */
export function strftime(format: string, date: Date): string {
  return format.replace(CONVERSION, (whole, flags: string, width: string, _, letter: string) => {
    const text = conversions[letter]?.(date);
    if (text === undefined) return whole;
    return flags === "" && width === "" ? text : adjusted(text, flags, Number(width));
  });
}

function adjusted(text: string, flags: string, width: number): string {
  const cased = flags.includes("^") ? text.toUpperCase() : text;
  const number = /^[ 0]*(\d+)$/.exec(cased)?.[1];
  if (number === undefined) return cased.padStart(width, flags.includes("0") ? "0" : " ");
  // Of several the last counts.
  const padding = /[-_0](?=[^-_0]*$)/.exec(flags)?.[0];
  if (padding === "-") return number;
  const fill = padding === "_" || (padding === undefined && cased.startsWith(" ")) ? " " : "0";
  return number.padStart(Math.max(width, cased.length), fill);
}

/** The week of ISO 8601: it belongs to the year of its Thursday. */
function isoWeek(date: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 4 - (date.getDay() || 7), 12);
  return { year: thursday.getFullYear(), week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1 };
}

function dayOfYear(date: Date): number {
  // Noon to noon, so that a change to or from summer time doesn't lose a day.
  const noon = new Date(date.getFullYear(), date.getMonth(), date.getDate(), 12);
  const first = new Date(date.getFullYear(), 0, 1, 12);
  return Math.round((noon.getTime() - first.getTime()) / 86_400_000) + 1;
}
