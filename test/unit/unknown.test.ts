/** Values that aren't known before an update. */
import { runtime } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { containsUnknown, isUnknown, isUnknownAt } from "../../provider/values/unknown.ts";

const unknown = runtime.unknownValue;
const known = [undefined, null, "", "unknown", 0, false, [], {}, unknown.toUpperCase(), `${unknown} `];

describe("isUnknown", () => {
  test("is true of the engine's sentinel alone", () => {
    expect(isUnknown(unknown)).toBe(true);
    for (const value of [...known, [unknown], { a: unknown }]) {
      expect(isUnknown(value)).toBe(false);
    }
  });
});

describe("containsUnknown", () => {
  test.each([[unknown], [[unknown]], [{ a: unknown }], [{ a: [1, { b: [2, unknown] }] }], [["x", [[unknown]]]]])(
    "is true of %j",
    (value) => {
      expect(containsUnknown(value)).toBe(true);
    },
  );

  test.each([...known, { a: [1, { b: null }] }, { [unknown]: 1 }].map((value): [unknown] => [value]))(
    "is false of %j",
    (value) => {
      expect(containsUnknown(value)).toBe(false);
    },
  );
});

describe("isUnknownAt", () => {
  const value = {
    plain: 1,
    all: unknown,
    settings: { limit: unknown, strict: true },
    list: ["a", unknown, { b: unknown }],
  };

  test.each([
    [["all"]],
    [["all", "any", "depth"]],
    [["settings", "limit"]],
    [["settings", "limit", "more"]],
    [["list", 1]],
    [["list", 1, "more"]],
    [["list", 2, "b"]],
  ])("is true at %j", (path) => {
    expect(isUnknownAt(value, path)).toBe(true);
  });

  test.each([
    [[]],
    [["plain"]],
    [["plain", "more"]],
    [["missing"]],
    [["missing", "more"]],
    [["settings"]],
    [["settings", "strict"]],
    [["list"]],
    [["list", 0]],
    [["list", 2]],
    [["list", 9]],
  ])("is false at %j", (path) => {
    expect(isUnknownAt(value, path)).toBe(false);
  });

  test("is true of what is unknown as a whole, wherever one looks", () => {
    expect(isUnknownAt(unknown, [])).toBe(true);
    expect(isUnknownAt(unknown, ["a", 0])).toBe(true);
    expect(isUnknownAt(undefined, ["a"])).toBe(false);
    expect(isUnknownAt(null, ["a"])).toBe(false);
  });
});
