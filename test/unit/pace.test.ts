/** When requests are sent, by a clock that the tests move. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Pace } from "../../provider/wire/pace.ts";

let nowMs = 0;
beforeEach(() => {
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Sends so many requests, each as soon as it may be. @returns when, in milliseconds */
function sent(pace: Pace, count: number): number[] {
  return Array.from({ length: count }, () => {
    nowMs += Math.max(0, Math.ceil(pace.waitMs));
    pace.take();
    return nowMs;
  });
}

test("in no second there are more requests than the service takes, also if some were sent before its limit was known", () => {
  const pace = new Pace(Number.POSITIVE_INFINITY);
  const before = sent(pace, 4);
  expect(new Set(before).size).toBe(1);
  pace.limitTo(10);
  const all = [...before, ...sent(pace, 20)];
  for (const [at, time] of all.entries()) {
    expect((all[at + 10] ?? Number.POSITIVE_INFINITY) - time, String(at)).toBeGreaterThan(1000);
  }
  // And hardly fewer.
  expect((all.at(-1) ?? 0) - (all[0] ?? 0)).toBeLessThan(2500);
});

test("a limit that is higher than the configured one changes nothing, nor does one that was learned long after the requests", () => {
  const pace = new Pace(10);
  pace.limitTo(100);
  const [one = 0, next = 0] = sent(pace, 2);
  expect(next - one).toBe(102);
  const other = new Pace(Number.POSITIVE_INFINITY);
  sent(other, 4);
  nowMs += 5000;
  other.limitTo(10);
  const later = nowMs;
  expect(sent(other, 2)).toEqual([later, later + 102]);
});
