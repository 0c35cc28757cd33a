/** What a preview shows of what the service would refuse, on the real engine: nothing that is refused is known to the provider alone. */
import { beforeAll, expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";
import { type Declaration, the } from "./kinds.ts";

const service = useService();
const stack = useStack("test/e2e/programs/kinds", service);

const plain = { subscription: { plan: "enterprise" }, features: { externalApiAccess: false } };

/** What there is, and stays. */
const base: readonly Declaration[] = [
  { kind: "Organization", name: "acme", args: { slug: "acme-trials", ...plain } },
  {
    kind: "Role",
    name: "releaser",
    args: { organization: the("acme"), name: "Releaser", permissions: ["flows:read"] },
  },
  { kind: "User", name: "ada", args: { email: "ada@trials.example", homeOrganization: the("acme"), invite: false } },
  { kind: "Membership", name: "ada-in", args: { organization: the("acme"), user: the("ada"), role: "administrator" } },
  {
    kind: "OrganizationMembers",
    name: "staff",
    args: {
      organization: the("acme"),
      members: { "bob@trials.example": "viewer" },
      onUnknownUser: "create",
      minAdmins: 0,
    },
  },
];

beforeAll(async () => {
  await service.ask("POST", "/v1/organizations", { slug: "taken-trials", name: "Taken" });
  stack.declare(base);
  await stack.up();
});

/** A resource in the organization that exists. */
function inAcme(kind: string, name: string, args: object): Declaration {
  return { kind, name, args: { organization: the("acme"), ...args } };
}

test("P2 a preview shows at once everything that the service would refuse, in its words, and applies nothing", async () => {
  const before = await service.list("/v1/organizations");
  stack.declare(
    [
      ...base,
      { kind: "Organization", name: "slug", args: { slug: "taken-trials" } },
      inAcme("Role", "role-name", { name: "Releaser", permissions: ["flows:read"] }),
      { kind: "User", name: "address", args: { email: "ada@trials.example", homeOrganization: the("acme") } },
      inAcme("Membership", "unknown", { email: "nobody@trials.example", role: "viewer" }),
      inAcme("Membership", "twice", { email: "bob@trials.example", role: "viewer" }),
      inAcme("ApiKey", "off", { name: "Off", kind: "server" }),
    ].filter(({ name }) => name !== "twice"),
  );
  const output = await stack.fail("preview");
  for (const code of ["slug_taken", "name_taken", "email_taken", "user_not_found", "api_access_disabled"]) {
    expect(output).toContain(`error: ${code}: `);
  }
  expect(await service.list("/v1/organizations")).toEqual(before);
});

test("P2 what another change of the same program may resolve is a warning that names it", async () => {
  stack.declare([
    ...base.map((one) => (one.name === "releaser" ? { ...one, args: { ...one.args, name: "Deployer" } } : one)),
    inAcme("Role", "successor", { name: "Releaser", permissions: ["flows:read"] }),
    { kind: "User", name: "cyd", args: { email: "cyd@trials.example", homeOrganization: the("acme"), invite: false } },
    inAcme("Membership", "cyd-in", { email: "cyd@trials.example", role: "viewer" }),
  ]);
  const { output } = await stack.succeed("preview");
  expect(output).toMatch(/warning: name_taken: [\s\S]*This program also changes Role releaser, so `up` may succeed\./);
  expect(output).not.toContain("user_not_found");
  expect(output).not.toContain("error:");
});
