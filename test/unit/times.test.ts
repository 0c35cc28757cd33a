import { durationMs, endOf, isNever } from "roster-schema";
import { expect, test } from "vitest";

test.each([
  ["2027-06-30", "2027-07-01T00:00:00.000Z"],
  ["2028-02-29", "2028-03-01T00:00:00.000Z"],
  ["2027-06-30T12:00:00Z", "2027-06-30T12:00:00.000Z"],
  ["9999-12-30", "9999-12-31T00:00:00.000Z"],
  ["9999-12-31", "9999-12-31T23:59:59.999Z"],
  ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ["2027-06-30T12:00:00.5Z", "2027-06-30T12:00:00.500Z"],
  ["2027-02-29", undefined],
  ["2027-13-01", undefined],
  ["2027-06-30T24:00:00Z", undefined],
  ["2027-06-30T12:60:00Z", undefined],
])("the end of %s is %s", (endDate, end) => {
  expect(endOf(endDate)?.toISOString()).toBe(end);
});

test.each([
  ["0s", 0],
  ["90m", 5_400_000],
  ["12h", 43_200_000],
  ["2d", 172_800_000],
])("%s is %d ms", (duration, ms) => {
  expect(durationMs(duration)).toBe(ms);
});

test("T11 the zero times of other systems are never, and every later time is a time", () => {
  const zeros = ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1900-01-01T00:00:00Z", "1970-01-01T00:00:00Z"];
  for (const zero of zeros) {
    expect(isNever(new Date(zero))).toBe(true);
  }
  expect(isNever(new Date("1970-01-01T00:00:00.001Z"))).toBe(false);
});
