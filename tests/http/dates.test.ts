import { expect, setSystemTime, test } from "bun:test";
import { currentDate, formatHttpDate, parseHttpDate } from "../../lib/http/dates.ts";

const NOW = Date.UTC(2026, 10, 23);
const EXAMPLE = Date.UTC(1994, 10, 6, 8, 49, 37);

test("a date is sent as IMF-fixdate (RFC 9110 §5.6.7)", () => {
  expect(formatHttpDate(EXAMPLE)).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
  expect(formatHttpDate(0)).toBe("Thu, 01 Jan 1970 00:00:00 GMT");
});

test("the current date follows the clock, forwards and backwards", () => {
  try {
    for (const ms of [EXAMPLE, EXAMPLE + 999, EXAMPLE + 1000, EXAMPLE - 1]) {
      setSystemTime(ms);
      expect(currentDate()).toBe(formatHttpDate(ms));
    }
  } finally {
    setSystemTime();
  }
});

test.each(["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])(
  "a recipient reads all three forms: %s",
  (text) => {
    expect(parseHttpDate(text, NOW)).toBe(EXAMPLE);
  },
);

test("a year of two digits more than 50 years ahead is in the past", () => {
  expect(parseHttpDate("Monday, 06-Nov-76 08:49:37 GMT", NOW)).toBe(Date.UTC(2076, 10, 6, 8, 49, 37));
  expect(parseHttpDate("Monday, 06-Nov-77 08:49:37 GMT", NOW)).toBe(Date.UTC(1977, 10, 6, 8, 49, 37));
});

test("a leap second is the first of the next minute", () => {
  expect(parseHttpDate("Sat, 31 Dec 2016 23:59:60 GMT", NOW)).toBe(Date.UTC(2017, 0, 1));
});

test.each([
  "",
  "yesterday",
  "0",
  "2026-11-23T00:00:00Z",
  "Sun, 06 Nov 1994 08:49:37",
  "Sun, 06 Nov 1994 08:49:37 CET",
  "sun, 06 nov 1994 08:49:37 gmt",
  "Sun, 6 Nov 1994 08:49:37 GMT",
  "Sun, 31 Apr 1994 08:49:37 GMT",
  "Sun, 29 Feb 1995 08:49:37 GMT",
  "Sun, 00 Nov 1994 08:49:37 GMT",
  "Sun, 06 Nov 1994 24:00:00 GMT",
  "Sun, 06 Nov 1994 08:60:00 GMT",
  "Sun, 06 Nov 0094 08:49:37 GMT",
  "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
])("%p is no date", (text) => {
  expect(parseHttpDate(text, NOW)).toBeUndefined();
});
