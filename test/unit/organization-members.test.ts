/** What is a set of members' own: its roles, and its guard of administrators. */
import { runtime } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { organizationMembersLifecycle as members } from "../../provider/kinds/organization-members.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";

const unknown = runtime.unknownValue;
const own = `rol_${"1".repeat(32)}`;
const least = { organization: `org_${"0".repeat(32)}`, externalId: "stack/1" };
const check = (given: PropertyMap, previous: PropertyMap = {}) => members.check(previous, { ...least, ...given });
const reasons = (given: PropertyMap, previous: PropertyMap = {}) =>
  check(given, previous).failures.map(({ property, reason }) => `${property}: ${reason}`);

test("E8 a role is built in, an id, or a name of the set's roles", () => {
  const roles = { "Release manager": own };
  const given = { "a@x.example": "viewer", "b@x.example": own, "c@x.example": { role: "Release manager" } };
  expect(reasons({ members: given, roles })).toEqual([]);
  expect(reasons({ members: { "a@x.example": "Release manager", "b@x.example": { role: "constructor" } } })).toEqual([
    expect.stringMatching(/^members\.a@x\.example: it must be one of administrator, /),
    expect.stringMatching(/^members\.b@x\.example\.role: it must be one of administrator, /),
  ]);
  expect(reasons({ members: { "a@x.example": "super_admin" } })).toHaveLength(1);
});

test("a member that an entry doesn't have is refused with those that it has", () => {
  expect(reasons({ members: { "a@x.example": { role: "viewer", colour: "red" } } })).toEqual([
    "members.a@x.example.colour: unknown property; it must be one of role, givenName, familyName, was",
  ]);
});

test("a name of the set's roles is no role by itself: it would hide who has been given that one", () => {
  for (const name of ["operator", "administrator", "super_admin", own]) {
    expect(reasons({ members: { "a@x.example": "viewer" }, roles: { [name]: `rol_${"2".repeat(32)}` } })).toEqual([
      `roles.${name}: this is already the name or id of a role: use another name`,
    ]);
  }
});

describe("the guard of administrators", () => {
  const [admin, viewer] = ["administrator", "viewer"];
  const one = { "a@x.example": admin, "b@x.example": viewer };
  const none = { "a@x.example": viewer, "b@x.example": viewer };
  const authoritative = { mode: "authoritative" };
  test.each([
    { why: "an additive set needs none", from: undefined, to: none, refused: false },
    { why: "an additive set that has one keeps it", from: one, to: none, refused: true },
    { why: "also where nobody is left", from: one, to: {}, refused: true },
    { why: "unless it says that it needn't", from: one, to: none, more: { minAdmins: 0 }, refused: false },
    {
      why: "an authoritative one has one from the start",
      from: undefined,
      to: none,
      more: authoritative,
      refused: true,
    },
    { why: "or as many as it says", from: one, to: one, more: { ...authoritative, minAdmins: 2 }, refused: true },
    {
      why: "with names as well",
      to: { "a@x.example": { role: admin, givenName: "A" } },
      more: authoritative,
      refused: false,
    },
    { why: "what isn't known yet may be one", from: one, to: { "a@x.example": unknown }, refused: false },
    {
      why: "an own role isn't, known or not",
      from: one,
      to: { "a@x.example": "R" },
      more: { roles: { R: unknown } },
      refused: true,
    },
  ])("$why", ({ from, to, more = {}, refused }) => {
    const { inputs } = from === undefined ? { inputs: {} } : check({ members: from });
    const found = check({ members: to, ...more }, inputs).failures;
    expect(found.map(({ property }) => property)).toEqual(refused ? ["minAdmins"] : []);
  });
});

test("another role under a name changes those who have the name", () => {
  const given = { members: { "a@x.example": "R" }, minAdmins: 0 };
  const before = check({ ...given, roles: { R: own } }).inputs;
  const state = { ...before, ids: { "a@x.example": "mem_1" }, others: {} };
  expect(members.diff(state, before).changes).toBe(false);
  expect(members.diff(state, check({ ...given, roles: { R: `rol_${"2".repeat(32)}` } }).inputs).changes).toBe(true);
  expect(members.diff(state, { ...before, organization: "org_2" }).replaces).toEqual(["organization"]);
  expect(members.diff({ ...state, ids: {} }, before).changes).toBe(true);
});

test("T9 an address of a set is refused where two of them could be taken for one, or it can't be mailed to", () => {
  const said = (address: string) => reasons({ members: { [address]: "viewer" } }).join();
  expect(said("kelvin@x.example")).toBe("");
  expect(said("\u212aelvin@x.example")).toContain('has U+212A at character 1, which other systems change to "K"');
  expect(said("\u200bada@x.example")).toContain("has U+200B, an invisible character, at character 1: leave it out");
  expect(said("ada\u001fb@x.example")).toContain("has U+001F, a control character, at character 4: leave it out");
  expect(said("ada@bücher.example")).toContain("write the domain as xn--bcher-kva.example");
  const named = { "ada@x.example": { role: "viewer", givenName: "A\u202eda" } };
  expect(reasons({ members: named }).join()).toContain("U+202E, which changes the direction of the text around it");
});
