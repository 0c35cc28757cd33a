/** What checking a set takes and refuses, and its guard against removing many at once. */
import { runtime } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { apiKeyAssigneesLifecycle } from "../../provider/kinds/api-key-assignees.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { guests, least } from "./guests.ts";

const unknown = runtime.unknownValue;

describe("check", () => {
  const check = (given: PropertyMap, previous: PropertyMap = {}) => guests.check(previous, { ...least, ...given });

  test("fills in defaults", () => {
    expect(check({ guests: { "ada@x.example": "stalls" } })).toEqual({
      failures: [],
      inputs: {
        ...least,
        guests: { "ada@x.example": "stalls" },
        mode: "additive",
        maxRemovalFraction: 0.25,
        __stateVersion: 2,
      },
    });
  });

  /** What is declared, and every failure: its property, and its reason where this set has a reason of its own. */
  const wrong: readonly (readonly [what: string, declared: PropertyMap, failures: readonly object[]])[] = [
    [
      "an entry, by its address",
      { guests: { "ada@x.example": "roof" } },
      [{ property: "guests.ada@x.example", reason: "nobody sits on the roof" }],
    ],
    [
      "an address",
      { guests: { "Ada@x.example": "stalls" } },
      [{ property: "guests.Ada@x.example", reason: "it must be in lower case" }],
    ],
    [
      "a mode and a pattern, together",
      { guests: {}, ignore: ["x.example"], mode: "strict" },
      ["mode", "ignore[0]"].map((property) => ({ property, reason: expect.any(String) })),
    ],
  ];
  test.each(wrong)("names what is wrong: %s", (_what, declared, failures) => {
    expect(check(declared).failures).toEqual(failures);
  });

  const ada = { "ada@x.example": "door" };
  /** What is declared, some of it unknown: nothing is wrong. */
  const unknowns: readonly (readonly [what: string, declared: PropertyMap])[] = [
    ["all entries", { guests: unknown }],
    ["an entry", { guests: { "ada@x.example": unknown } }],
    ["how they are kept", { guests: ada, mode: unknown, ignore: [unknown], maxRemovalFraction: unknown }],
    ["what the set belongs to", { club: unknown, guests: ada }],
  ];
  test.each(unknowns)("admits what isn't known yet: %s", (_what, declared) => {
    expect(check(declared).failures).toEqual([]);
  });

  test("says no more than twenty wrong entries, and how many there are besides", () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`p${at}@x.example`, "roof"]));
    const { failures } = check({ guests: many });
    expect(failures).toHaveLength(21);
    expect(failures.at(-1)?.reason).toBe("and 10 more");
  });

  const people = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}@x.example`, "door"]));
  /** How many entries there were, how many are declared, what else is declared, and whether that is refused. */
  interface Removal {
    readonly of: number;
    readonly left: number;
    readonly fraction?: number;
    readonly mode?: string;
    readonly ignore?: readonly string[];
    readonly refused: boolean;
    readonly why: string;
  }
  const removals: readonly Removal[] = [
    { of: 20, left: 15, refused: false, why: "five may always go" },
    { of: 6, left: 1, refused: false, why: "five of six are five" },
    { of: 20, left: 14, refused: true, why: "six of twenty are over a quarter" },
    { of: 24, left: 18, refused: false, why: "six of 24 are a quarter" },
    { of: 23, left: 17, refused: true, why: "six of 23 are more" },
    { of: 20, left: 14, fraction: 0.3, refused: false, why: "it may be more" },
    { of: 20, left: 0, fraction: 1, refused: false, why: "it may be all" },
    { of: 100, left: 94, fraction: 0, refused: true, why: "it may be none" },
    { of: 20, left: 10, mode: "authoritative", ignore: ["*@x.example"], refused: true, why: "they are the set's own" },
    { of: 20, left: 10, ignore: ["*@x.example"], refused: true, why: "additive ignores nobody" },
  ];
  test.each(removals)(
    "guards $of of which $left are left: $why",
    ({ of, left, refused: isRefused, fraction, mode, ignore }) => {
      const { inputs } = check({ guests: people(of) });
      const given = { guests: people(left), mode, ignore, maxRemovalFraction: fraction };
      const { failures } = check(given, inputs);
      expect(failures.map(({ property }) => property)).toEqual(isRefused ? ["maxRemovalFraction"] : []);
      // Another club's guests are others.
      expect(check({ ...given, club: "clb_2" }, inputs).failures).toEqual([]);
    },
  );
});

test("S2 an assignee can have a previous address, which alone is no difference", () => {
  const state = { key: `key_${"0".repeat(32)}`, externalId: "stack/1" };
  const check = (entries: unknown) => apiKeyAssigneesLifecycle.check({}, { ...state, assignees: entries });
  const was = { "a@x.example": { as: "external", was: "B@x.example" } };
  const { inputs, failures } = check(was);
  expect(failures).toEqual([]);
  const before = { ...inputs, ids: { "a@x.example": "asg_1" }, others: {} };
  expect(apiKeyAssigneesLifecycle.diff(before, check({ "a@x.example": "external" }).inputs).changes).toBe(false);
  expect(apiKeyAssigneesLifecycle.diff(before, check({ "a@x.example": "member" }).inputs).changes).toBe(true);
  expect(check({ "a@x.example": { as: "both" } }).failures).toHaveLength(1);
  expect(check({ ...was, "b@x.example": "member" }).failures[0]?.reason).toContain("assignees.b@x.example declares");
});
