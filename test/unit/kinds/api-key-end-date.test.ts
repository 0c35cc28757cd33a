/** When an API key's end date is right, and when it has passed. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { idOf, lifecycleOf, type Values } from "./kind.ts";

describe("an end date", () => {
  const lifecycle = lifecycleOf("ApiKey");
  const least = { organization: idOf("org"), name: "Storefront", kind: "server" };
  const failuresOf = (endDate: string | undefined, previous: Values = {}) =>
    lifecycle.check(previous, { ...least, endDate }).failures.map(({ property }) => property);

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    ["2027-06-30", "2027-06-30T23:59:59.999Z", "2027-07-01T00:00:00.000Z"],
    ["2028-02-29", "2028-02-29T23:59:59.999Z", "2028-03-01T00:00:00.000Z"],
    ["2027-06-30T12:00:00Z", "2027-06-30T11:59:59.999Z", "2027-06-30T12:00:00.000Z"],
    ["2027-06-30T12:00:00.5Z", "2027-06-30T12:00:00.499Z", "2027-06-30T12:00:00.500Z"],
  ])("%s holds at %s and has passed at %s", (endDate, before, after) => {
    vi.setSystemTime(before);
    expect(failuresOf(endDate)).toEqual([]);
    vi.setSystemTime(after);
    expect(failuresOf(endDate)).toEqual(["endDate"]);
  });

  test("that has passed since it was declared is no error, and a new one that has passed is", () => {
    vi.setSystemTime("2027-06-01T00:00:00Z");
    const previous = lifecycle.check({}, { ...least, endDate: "2027-06-30" }).inputs;
    vi.setSystemTime("2028-01-01T00:00:00Z");
    expect(failuresOf("2027-06-30", previous)).toEqual([]);
    expect(failuresOf("2027-07-30", previous)).toEqual(["endDate"]);
    expect(failuresOf("2028-07-30", previous)).toEqual([]);
    expect(failuresOf(undefined, previous)).toEqual([]);
  });

  test("that has passed is an error where another key takes its place", () => {
    vi.setSystemTime("2028-01-01T00:00:00Z");
    const previous = { ...least, format: "opaque", state: "active", endDate: "2027-06-30" };
    const another = { ...previous, organization: idOf("org", "1") };
    expect(lifecycle.check(previous, another).failures).toMatchObject([{ property: "endDate" }]);
  });

  test("of any day that there is is right, and of none that there isn't", () => {
    vi.setSystemTime("1999-01-01T00:00:00Z");
    const two = (value: number) => String(value).padStart(2, "0");
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: 2100 }), fc.nat(13), fc.nat(32), (year, month, day) => {
        const lengths = [
          31,
          year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28,
          31,
          30,
          31,
          30,
          31,
          31,
          30,
          31,
          30,
          31,
        ];
        const exists = day >= 1 && day <= (lengths[month - 1] ?? 0);
        const date = `${year}-${two(month)}-${two(day)}`;
        expect(failuresOf(date)).toEqual(exists ? [] : ["endDate"]);
        expect(failuresOf(`${date}T07:30:00Z`)).toEqual(exists ? [] : ["endDate"]);
      }),
    );
  });
});
