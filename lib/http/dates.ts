/** Dates in fields (RFC 9110 §5.6.7). Times are milliseconds since the epoch. */

// What four digits can say of a year. File systems know other times, and whoever may write a file may give it one.
export const FIRST_DATE_MS = Date.parse("0001-01-01T00:00:00Z");
export const LAST_DATE_MS = Date.parse("9999-12-31T23:59:59Z");

/** The one form that is sent: "Sun, 06 Nov 1994 08:49:37 GMT". */
export function formatHttpDate(ms: number): string {
  // ECMAScript 2018 fixed the form of toUTCString, and it is this one for the years 0 to 9999.
  return new Date(ms).toUTCString();
}

let currentSecond = Number.NaN;
let currentText = "";

/** The value of Date: made once a second, however often it is asked for. */
export function currentDate(): string {
  const nowMs = Date.now();
  const second = Math.floor(nowMs / 1000);
  if (second !== currentSecond) {
    currentSecond = second;
    currentText = formatHttpDate(nowMs);
  }
  return currentText;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH = `(?<month>${MONTHS.join("|")})`;
const CLOCK = String.raw`(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d):(?<second>[0-5]\d|60)`;

/** IMF-fixdate, and the two obsolete forms a recipient must still read: RFC 850 and asctime. */
const FORMS = [
  new RegExp(String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\d\d) ${MONTH} (?<year>\d{4}) ${CLOCK} GMT$`),
  new RegExp(
    String.raw`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\d\d)-${MONTH}-(?<year>\d\d) ${CLOCK} GMT$`,
  ),
  new RegExp(String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (?<day>[ \d]\d) ${CLOCK} (?<year>\d{4})$`),
];

/**
 * Reads a date in any of the three forms. The name of the weekday is not compared with the day.
 * @param nowMs to which century a year of two digits belongs depends on it
 * @returns undefined when it is not a date
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  for (const form of FORMS) {
    const parts = form.exec(text)?.groups;
    if (parts === undefined) continue;
    const day = Number(parts["day"]);
    const month = MONTHS.indexOf(parts["month"] as string);
    const year = fullYear(parts["year"] as string, nowMs);
    const ms = Date.UTC(year, month, day, Number(parts["hour"]), Number(parts["minute"]), Number(parts["second"]));
    // Date.UTC rolls 31 April over to 1 May, and takes the years 0 to 99 for 1900 to 1999.
    const calendarDay = new Date(Date.UTC(year, month, day));
    return calendarDay.getUTCDate() === day && calendarDay.getUTCFullYear() === year ? ms : undefined;
  }
  return undefined;
}

/** RFC 9110 §5.6.7: a year of two digits that seems more than 50 years ahead is the latest past one that fits. */
function fullYear(digits: string, nowMs: number): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}
