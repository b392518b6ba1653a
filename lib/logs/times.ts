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

/** `Mon Nov 23 06:59:45.138699 2026`, of µs since the epoch. */
export function errorLogTime(us: number): string {
  const seconds = Math.floor(us / 1e6);
  const fraction = String(Math.floor(us) - seconds * 1e6).padStart(6, "0");
  return `${dayAndTime(seconds)}.${fraction} ${yearOf(seconds)}`;
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
  H: (date) => two(date.getHours()),
  I: (date) => two(date.getHours() % 12 || 12),
  j: (date) => String(dayOfYear(date)).padStart(3, "0"),
  m: (date) => two(date.getMonth() + 1),
  M: (date) => two(date.getMinutes()),
  n: () => "\n",
  p: (date) => (date.getHours() < 12 ? "AM" : "PM"),
  r: (date) => strftime("%I:%M:%S %p", date),
  R: (date) => strftime("%H:%M", date),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  S: (date) => two(date.getSeconds()),
  t: () => "\t",
  T: (date) => strftime("%H:%M:%S", date),
  u: (date) => String(date.getDay() || 7),
  w: (date) => String(date.getDay()),
  x: (date) => strftime("%m/%d/%y", date),
  X: (date) => strftime("%H:%M:%S", date),
  y: (date) => two(date.getFullYear() % 100),
  Y: (date) => String(date.getFullYear()),
  z: zone,
  Z: (date) =>
    /\(?([A-Z]{2,5})\)?$/.exec(date.toLocaleTimeString("en-US", { timeZoneName: "short" }))?.[1] ?? zone(date),
  "%": () => "%",
};

/** The first conversion in `format` that {@link strftime} doesn't know, such as "%Q"; undefined when it knows all. */
export function unknownConversion(format: string): string | undefined {
  for (const [whole, letter = ""] of format.matchAll(/%([^]?)/g)) if (!(letter in conversions)) return whole;
  return undefined;
}

/** Formats local time; a conversion it doesn't know stays as it is. */
export function strftime(format: string, date: Date): string {
  return format.replace(/%([^])/g, (whole, letter: string) => conversions[letter]?.(date) ?? whole);
}

function dayOfYear(date: Date): number {
  // Noon to noon, so that a change to or from summer time doesn't lose a day.
  const noon = new Date(date.getFullYear(), date.getMonth(), date.getDate(), 12);
  const first = new Date(date.getFullYear(), 0, 1, 12);
  return Math.round((noon.getTime() - first.getTime()) / 86_400_000) + 1;
}
