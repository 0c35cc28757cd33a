/** The profile of an organization, declared in one place or in two; each command has a provider of its own, as with the engine. */
import { beforeAll, expect, test } from "vitest";
import { useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise } from "../e2e/kinds.ts";
import { ProtocolStack } from "./protocol-stack.ts";

const service = useService();
const stack = new ProtocolStack(service, "stack-of-profiles");

const acme = (args: object = {}): Declaration => {
  return { kind: "Organization", name: "acme", args: { slug: "acme", ...enterprise, ...args } };
};
/** By the organization's id, as a program has it from a look-up. */
const profile = (args: object = {}): Declaration => {
  return {
    kind: "OrganizationProfile",
    name: "profile",
    args: { organization: stack.stored("acme").id, adopts: {}, ...args },
  };
};
async function organization() {
  return (await service.ask("GET", `/v1/organizations/${stack.stored("acme").id}`)).body;
}

beforeAll(async () => {
  await stack.up([acme()]);
});

test("an organization without a name is called by its slug, and keeps the name that others give it", async () => {
  expect(await organization()).toMatchObject({ name: "acme" });
  await service.ask("PATCH", `/v1/organizations/${stack.stored("acme").id}`, { name: "Named elsewhere" });
  await stack.refresh();
  expect(await stack.preview([acme()])).toEqual([]);
  expect(await stack.up([acme({ settings: { keysPerOwner: 2 } })])).toEqual(["update acme"]);
  expect(await organization()).toMatchObject({ name: "Named elsewhere", settings: { keysPerOwner: 2 } });
});

test.each([
  ["the profile is the later one", () => [acme({ name: "Acme" }), profile({ name: "Acme" })]],
  ["the organization is the later one", () => [profile(), acme({ name: "Acme" })]],
])("declared in two places by the organization's id, it is refused where %s", async (_which, declarations) => {
  const [first, second] = declarations();
  const { id } = stack.stored("acme");
  const both = new RegExp(
    `: (Organization|OrganizationProfile of) ${id} and (OrganizationProfile of|Organization) ${id} both declare`,
  );
  await expect(stack.up([first, second] as Declaration[])).rejects.toThrow(both);
  await stack.up([acme()]);
});

test("a second profile of the same organization is refused", async () => {
  await expect(stack.up([acme(), profile(), { ...profile(), name: "other" }])).rejects.toThrow(
    /this stack already manages prf_\w+ under another resource's name/,
  );
  await stack.up([acme()]);
});

test("taken out of the organization and declared as a profile, it moves in one update", async () => {
  const values = { name: "Acme", joinPolicies: ["existing", "invite"] };
  await stack.up([acme(values)]);
  expect(await stack.up([acme(), profile(values)])).toEqual(["create profile"]);
  expect(await stack.preview([acme(), profile(values)])).toEqual([]);
  expect(await organization()).toMatchObject(values);
  // And back; its release keeps what the organization has set since.
  const others = { name: "Acme again", joinPolicies: ["existing"] };
  expect(await stack.up([acme(others)])).toEqual(["update acme", "delete profile"]);
  expect(await organization()).toMatchObject(others);
});

test("what is taken out of a declared profile is removed where there can be none, and stays otherwise", async () => {
  await stack.up([acme(), profile({ name: "Acme", websiteUrl: "https://acme.example" })]);
  expect(await stack.up([acme(), profile()])).toEqual(["update profile"]);
  expect(await organization()).toMatchObject({ name: "Acme", websiteUrl: null });
});

test("what another stack's profile has is refused before anything is done, and given up where it is taken out", async () => {
  const values = { name: "Acme", websiteUrl: "https://acme.example" };
  await stack.up([acme(values)]);
  const { id } = stack.stored("acme");
  const externalId = `customer/${"1".repeat(32)}`;
  const theirs = { externalId, name: "The customer's" };
  expect((await service.ask("POST", `/v1/organizations/${id}/profile`, theirs)).status).toBe(201);
  await stack.refresh();
  await expect(stack.preview([acme(values)])).rejects.toThrow(
    /name: another stack manages the profile prf_\w+ as customer\/1+: remove name here, or release the profile there/,
  );
  await expect(stack.preview([acme({ ...values, websiteUrl: "https://another.example" })])).rejects.toThrow(
    "remove name, websiteUrl here",
  );
  expect(await stack.up([acme()])).toEqual(["update acme"]);
  expect(await stack.preview([acme()])).toEqual([]);
  expect(await organization()).toMatchObject({ name: "The customer's", websiteUrl: "https://acme.example" });
});
