/** The stack's names for its objects: what they are made of, and which one a resource keeps. */
import { createHash } from "node:crypto";
import { RunError, runtime } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { DeclarationError } from "../../provider/errors.ts";
import { knownName, stackNames } from "../../provider/lifecycle/external-id.ts";
import { Registrations } from "../../provider/lifecycle/registrations.ts";
import { unknownValue } from "../../provider/values/unknown.ts";

const dynamic = "pulumi-nodejs:dynamic/roster";
const urn = (types: string, name: string, stack = "dev::app") => `urn:pulumi:${stack}::${types}::${name}`;
const nameOf = (of: string) => stackNames("acme/app/dev", of).externalId;

test("a name is the stack's, and a hash; the earlier version hashed the URN", () => {
  const { externalId, earlier } = stackNames("acme/app/dev", urn(`${dynamic}:Role`, "releaser"));
  expect(externalId).toMatch(/^acme\/app\/dev\/[0-9a-f]{32}$/);
  const hash = createHash("sha256")
    .update(urn(`${dynamic}:Role`, "releaser"))
    .digest("hex");
  expect(earlier).toBe(`acme/app/dev/${hash.slice(0, 32)}`);
});

const role = urn(`${dynamic}:Role`, "releaser");
const inTeam = urn(`acme:team:Team$${dynamic}:Role`, "releaser");

test.each([
  ["another front's type", role, urn("roster:index:Role", "releaser")],
  [
    "another front's type of a parent",
    urn(`${dynamic}:Organization$${dynamic}:Role`, "a"),
    urn("roster:index:Organization$roster:index:Role", "a"),
  ],
  ["another stack and project, with the same stackId", role, urn(`${dynamic}:Role`, "releaser", "prod::other")],
])("stays with %s", (_what, one, other) => {
  expect(nameOf(other)).toBe(nameOf(one));
});

test.each([
  ["another kind", role, urn(`${dynamic}:User`, "releaser")],
  ["another name", role, urn(`${dynamic}:Role`, "release")],
  ["a parent", role, inTeam],
  ["another parent", inTeam, urn(`acme:team:Squad$${dynamic}:Role`, "releaser")],
  ["another order of parents", urn(`a:a:A$b:b:B$${dynamic}:Role`, "x"), urn(`b:b:B$a:a:A$${dynamic}:Role`, "x")],
  ["a name with colons", urn(`${dynamic}:Role`, "a::b"), urn(`${dynamic}:Role`, "b")],
])("changes with %s", (_what, one, other) => {
  expect(nameOf(other)).not.toBe(nameOf(one));
});

describe("the name that a resource has", () => {
  const names = { externalId: "s/new", earlier: "s/old" };
  test.each([
    ["s/old", "s/old"],
    ["s/new", "s/new"],
    ["s/renamed", "s/new"],
    [undefined, "s/new"],
  ])("known as %s, it is %s", (known, name) => {
    expect(knownName(names, known)).toBe(name);
  });

  test("a run knows a resource by either", () => {
    const run = new Registrations();
    run.addAlias("s/old", "s/new");
    run.noteExisting("s/old", { externalId: "s/old", name: "Releaser" });
    expect(run.replacedObject("s/new")).toMatchObject({ name: "Releaser" });
    expect(run.stillExists("s/new")).toBe(true);
    run.notePlannedCreate("s/new", { name: "Release" });
    expect(run.plannedCreate("s/old")).toEqual({ name: "Release" });
    run.noteCreated("s/old");
    expect(run.plannedCreate("s/new")).toBeUndefined();
    run.noteDeleted("s/old");
    expect(run.stillExists("s/new")).toBe(false);
  });
});

test("what the core has in place of Pulumi's own is the same", () => {
  expect(unknownValue).toBe(runtime.unknownValue);
  expect(RunError.isInstance(new DeclarationError("wrong"))).toBe(true);
});
