/** Resources of one program that declare the same: which are refused, in which words, and which are not. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { Membership, Organization, User } from "../../provider/index.ts";
import { lifecycleOf } from "../../provider/kinds/registry.ts";
import { declaredTwice } from "../../provider/lifecycle/declared-once.ts";
import { Registrations } from "../../provider/lifecycle/registrations.ts";
import { declarationOf } from "../../provider/program/declaration.ts";
import { comparableInputs, type Declaration, declarationInput } from "../../provider/values/declaration.ts";
import { unknownValue } from "../../provider/values/unknown.ts";
import { configureNowhere, mockEngine } from "./mocked-engine.ts";

beforeAll(() => mockEngine());
configureNowhere();

/** One run of the engine. */
class Run {
  readonly registrations = new Registrations();

  /** Declares a resource, as `check` does. @returns why it is refused; undefined if it isn't */
  declare(kind: string, name: string, args: object, more: Partial<Declaration> = {}): string | undefined {
    const plain = Object.keys(args).filter((argument) => argument !== "organization" && argument !== "key");
    const declaration: Declaration = { by: `${kind} ${name}`, plain, ...more };
    const checked = { ...args, externalId: `organization/shop/dev/${kind}-${name}` };
    const twice = declaredTwice(this.registrations, lifecycleOf(kind), declaration, checked);
    return twice.map(({ property, reason }) => `${property}: ${reason}`).at(0);
  }
}

/** Declares two resources in one run. @returns why the second one is refused */
function both(kind: string, one: object, other: object, run = new Run()): string | undefined {
  expect(run.declare(kind, "one", one)).toBeUndefined();
  return run.declare(kind, "two", other);
}

const key = { organization: "org_1", name: "Shop", state: "active" };
const member = { organization: "org_1", role: "viewer" };

describe("P4 two resources that declare the same are refused, both named", () => {
  test.each([
    ["Organization", { slug: "acme" }, { slug: "acme" }, "slug", "the slug acme"],
    ["User", { email: "Ada@x.example" }, { email: "ada@x.example" }, "email", "the address ada@x.example"],
    ["Role", key, key, "name", 'the name "Shop" in organization org_1'],
    ["ApiKey", { ...key, kind: "server" }, { ...key, kind: "webapi" }, "name", 'the name "Shop" in organization org_1'],
    [
      "AccessToken",
      { ...key, user: "usr_1" },
      { ...key, user: "usr_2" },
      "name",
      'the name "Shop" in organization org_1',
    ],
    [
      "Membership",
      { ...member, email: "ada@x.example" },
      { ...member, email: "ADA@x.example", role: "editor" },
      "email",
      "ADA@x.example in organization org_1",
    ],
    [
      "Membership",
      { ...member, user: "usr_1" },
      { ...member, user: "usr_1" },
      "user",
      "the same person in organization org_1",
    ],
    [
      "ApiKeyAssignment",
      { key: "key_1", email: "ada@x.example" },
      { key: "key_1", email: "ada@x.example" },
      "email",
      "ada@x.example for key key_1",
    ],
  ])("%s", (kind, one, other, property, what) => {
    expect(both(kind, one, other)).toBe(
      `${property}: ${kind} one and ${kind} two both declare ${what}: remove one of them.`,
    );
  });

  test("one by user and one by address, whichever comes first, where the user's address is known", () => {
    const byUser = { ...member, user: "usr_1" };
    const byEmail = { ...member, email: "ada@x.example" };
    for (const [one, other] of [
      [byUser, byEmail],
      [byEmail, byUser],
    ] as const) {
      const run = new Run();
      expect(both("Membership", one, other, new Run())).toBeUndefined();
      run.registrations.noteUserAddress("Ada@x.example", "usr_1");
      expect(both("Membership", one, other, run)).toMatch(
        /Membership one and Membership two both declare ada@x\.example/,
      );
    }
  });

  test("a value that may be secret is not printed", () => {
    const run = new Run();
    const hush = { plain: [] };
    expect(run.declare("ApiKey", "one", key, hush)).toBeUndefined();
    expect(run.declare("ApiKey", "two", key, hush)).toContain("both declare the same name in organization org_1");
    expect(run.declare("User", "one", { email: "hush@x.example" }, hush)).toBeUndefined();
    expect(run.declare("User", "two", { email: "hush@x.example" }, hush)).toContain("both declare the same address: ");
  });

  test("a resource that the program has not sent with its name is called another one", () => {
    const run = new Registrations();
    const declare = (externalId: string) => declaredTwice(run, lifecycleOf("Role"), undefined, { ...key, externalId });
    expect(declare("a")).toEqual([]);
    expect(declare("b")).toMatchObject([
      { reason: "another Role and this Role both declare the same name in organization org_1: remove one of them." },
    ]);
  });
});

describe("P4 what is not certainly the same is not refused", () => {
  const later = "2040-01-01";
  test.each([
    ["another organization", "Role", key, { ...key, organization: "org_2" }],
    ["another person", "Membership", { ...member, user: "usr_1" }, { ...member, user: "usr_2" }],
    ["another name", "ApiKey", key, { ...key, name: "Store" }],
    ["a key that is revoked", "ApiKey", { ...key, state: "revoked" }, key],
    ["a key to be revoked after another", "ApiKey", key, { ...key, state: "revoked" }],
    ["a key that has expired", "ApiKey", { ...key, endDate: "2020-01-01" }, key],
    ["a token that has expired", "AccessToken", key, { ...key, endDate: "2020-01-01T00:00:00Z" }],
    ["a key whose end is unknown", "ApiKey", { ...key, endDate: unknownValue }, { ...key, endDate: later }],
    ["a key whose state is unknown", "ApiKey", { ...key, state: unknownValue }, key],
    ["an unknown organization", "Role", { ...key, organization: unknownValue }, { ...key, organization: unknownValue }],
    ["an unknown name", "Role", { ...key, name: unknownValue }, { ...key, name: unknownValue }],
    ["an unknown person", "Membership", { ...member, user: unknownValue }, { ...member, user: unknownValue }],
    ["the profile of an organization, which has a rule of its own", "OrganizationProfile", member, member],
  ])("%s", (_what, kind, one, other) => {
    expect(both(kind, one, other)).toBeUndefined();
  });

  test("a resource that is checked again, before or after it has got another name", () => {
    const run = new Run();
    expect(run.declare("Role", "one", key)).toBeUndefined();
    expect(run.declare("Role", "one", key)).toBeUndefined();
    expect(run.declare("Role", "one", { ...key, name: "Store" })).toBeUndefined();
    expect(run.declare("Role", "two", key)).toBeUndefined();
    expect(run.declare("Role", "one", key)).toContain("Role two and Role one");
  });

  test("a resource under the name that an earlier version gave it", () => {
    const run = new Registrations();
    const declare = (externalId: string) => declaredTwice(run, lifecycleOf("Role"), undefined, { ...key, externalId });
    run.addAlias("earlier", "now");
    expect(declare("earlier")).toEqual([]);
    expect(declare("now")).toEqual([]);
  });
});

describe("P4 values that aren't known yet", () => {
  test("are the same if they come from one value of the program", () => {
    const run = new Run();
    const unknown = { ...member, organization: unknownValue, user: unknownValue };
    const same = { organization: "same 1", user: "same 2" };
    expect(run.declare("Membership", "one", unknown, { same })).toBeUndefined();
    expect(run.declare("Membership", "other", unknown, { same: { ...same, organization: "same 3" } })).toBeUndefined();
    expect(run.declare("Membership", "two", unknown, { same })).toBe(
      "user: Membership one and Membership two both declare the same person in the same organization: remove one of them.",
    );
  });

  test("a user who is to be created is the one with the address that the program passes, if the engine has got it", () => {
    const same = { organization: "same 1", user: "same 2" };
    const byUser = { ...member, organization: unknownValue, user: unknownValue };
    const byEmail = { ...member, organization: unknownValue, email: "ada@x.example" };
    const declare = (run: Run) => {
      expect(run.declare("Membership", "one", byUser, { same, address: "ada@x.example" })).toBeUndefined();
      return run.declare("Membership", "two", byEmail, { same });
    };
    // `ignoreChanges` or a transformation may have left the user another address.
    expect(declare(new Run())).toBeUndefined();
    const run = new Run();
    run.registrations.noteUserAddress("ada@x.example", undefined);
    expect(declare(run)).toBe(
      "email: Membership one and Membership two both declare ada@x.example in the same organization: remove one of them.",
    );
  });

  test("are compared only while they are unknown", () => {
    const declaration = { same: { organization: "same 1" } };
    expect(comparableInputs({ organization: unknownValue, user: unknownValue, role: "viewer" }, declaration)).toEqual({
      organization: "same 1",
      user: unknownValue,
      role: "viewer",
    });
    expect(comparableInputs({ organization: "org_1" }, declaration)).toEqual({ organization: "org_1" });
  });
});

describe("what a program tells of a declaration", () => {
  const describeArgs = (args: Record<string, unknown>, marked = args) => {
    const plain = Object.entries(args).map(([name, value]) => {
      return [name, pulumi.CustomResource.isInstance(value) ? value.id : value];
    });
    return declarationOf("Membership ada", { args, plain: Object.fromEntries(plain), marked });
  };

  test("a resource and its id are the same value, and so is an output that is passed twice; others are not", () => {
    const acme = new Organization("acme-of-two", { slug: "acme-of-two" });
    const byResource = describeArgs({ organization: acme }).same?.organization;
    expect(byResource).toMatch(/^same \d+$/);
    expect(describeArgs({ organization: acme.id }).same?.organization).toBe(byResource);
    const other = new Organization("other-of-two", { slug: "other-of-two" });
    expect(describeArgs({ organization: other }).same?.organization).not.toBe(byResource);
    expect(describeArgs({ organization: acme.slug }).same?.organization).not.toBe(byResource);
    expect(describeArgs({ organization: "org_1" }).same).toEqual({});
  });

  test("the plain text of an argument may be printed, and neither a secret nor an output", () => {
    const email = pulumi.secret("ada@x.example");
    expect(describeArgs({ role: "viewer", email }).plain).toEqual(["role"]);
    expect(describeArgs({ role: "viewer", email: "ada@x.example" }, { role: "viewer", email }).plain).toEqual(["role"]);
  });

  test("the address of the user, if the program passes that as plain text", () => {
    const ada = new User("ada-of-two", { email: "ada@x.example" });
    const bob = new User("bob-of-two", { email: pulumi.secret("bob@x.example") });
    expect(describeArgs({ user: ada }).address).toBe("ada@x.example");
    expect(describeArgs({ user: bob }).address).toBeUndefined();
    expect(describeArgs({ user: "usr_1" }).address).toBeUndefined();
  });

  test("with mocks, a test doesn't see it in the inputs", async () => {
    const inputs: Record<string, unknown>[] = [];
    mockEngine({
      newResource: ({ name, inputs: given }) => {
        inputs.push(given);
        return { id: name, state: given };
      },
    });
    const membership = new Membership("of-a-test", { organization: "org_1", email: "ada@x.example", role: "viewer" });
    await new Promise((resolve) => membership.id.apply(resolve));
    expect(inputs).toHaveLength(1);
    expect(inputs[0]).not.toHaveProperty(declarationInput);
  });
});
