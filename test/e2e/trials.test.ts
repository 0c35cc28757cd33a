/** What a preview shows of what the service would refuse, on the real engine: nothing that is refused is known to the provider alone. */
import { beforeAll, expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";
import { type Declaration, enterprise, the } from "./kinds.ts";

const service = useService();
const stack = useStack("test/e2e/programs/kinds", service);

const withoutAccess = { subscription: { plan: "enterprise" }, features: { externalApiAccess: false } };

/** What there is, and stays. */
const base: readonly Declaration[] = [
  { kind: "Organization", name: "acme", args: { slug: "acme-trials", ...withoutAccess } },
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
  { kind: "Organization", name: "globex", args: { slug: "globex-trials", ...enterprise } },
  { kind: "ApiKey", name: "storefront", args: { organization: the("globex"), name: "Storefront", kind: "server" } },
  ...["ada", "dan"].flatMap((name): Declaration[] => [
    {
      kind: "User",
      name: `${name}-g`,
      args: { email: `${name}@globex.example`, homeOrganization: the("globex"), invite: false },
    },
    {
      kind: "Membership",
      name: `${name}-m`,
      args: { organization: the("globex"), user: the(`${name}-g`), role: "viewer" },
    },
    {
      kind: "ApiKeyAssignment",
      name: `${name}-k`,
      args: { key: the("storefront"), user: the(`${name}-g`) },
      after: [`${name}-m`],
    },
  ]),
];

beforeAll(async () => {
  await service.ask("POST", "/v1/organizations", { slug: "taken-trials", name: "Taken" });
  await service.ask("POST", "/v1/users", { email: "taken@trials.example", invite: false });
  stack.declare(base);
  await stack.up();
  const acme = `/v1/organizations/${await stack.idOf("Organization", "acme")}`;
  await service.ask("POST", `${acme}/roles`, { name: "Taken", permissions: ["flows:read"] });
  await service.ask("POST", `${acme}/members`, {
    email: "eve@trials.example",
    role: "viewer",
    onUnknownUser: "create",
  });
});

/** A resource in the organization that exists. */
function inAcme(kind: string, name: string, args: object): Declaration {
  return { kind, name, args: { organization: the("acme"), ...args } };
}

test("P2 a preview shows at once everything that the service would refuse, in its words, and applies nothing", async () => {
  const before = await service.list("/v1/organizations");
  stack.declare([
    ...base,
    { kind: "Organization", name: "slug", args: { slug: "taken-trials" } },
    inAcme("Role", "role-name", { name: "Taken", permissions: ["flows:read"] }),
    { kind: "User", name: "address", args: { email: "taken@trials.example", homeOrganization: the("acme") } },
    inAcme("Membership", "unknown", { email: "nobody@trials.example", role: "viewer" }),
    inAcme("Membership", "already", { email: "eve@trials.example", role: "viewer" }),
    inAcme("ApiKey", "off", { name: "Off", kind: "server" }),
  ]);
  const output = await stack.fail("preview");
  for (const code of [
    "slug_taken",
    "name_taken",
    "email_taken",
    "user_not_found",
    "already_member",
    "api_access_disabled",
  ]) {
    expect(output).toContain(`error: ${code}: `);
  }
  expect(await service.list("/v1/organizations")).toEqual(before);
});

test("what isn't targeted is not tried", async () => {
  await stack.succeed("preview", "--target", "**::releaser");
});

test("P2 P5 what another change may resolve is a warning that names it, and so is what people lose", async () => {
  const changes: Readonly<Record<string, object>> = {
    releaser: { name: "Deployer" },
    storefront: { state: "revoked" },
  };
  stack.declare([
    ...base.map((one) => ({ ...one, args: { ...one.args, ...changes[one.name] } })),
    inAcme("Role", "successor", { name: "Releaser", permissions: ["flows:read"] }),
    { kind: "User", name: "cyd", args: { email: "cyd@trials.example", homeOrganization: the("acme"), invite: false } },
    inAcme("Membership", "cyd-in", { email: "cyd@trials.example", role: "viewer" }),
  ]);
  const { output } = await stack.succeed("preview");
  expect(output).toMatch(/warning: name_taken: [\s\S]*This program also changes Role releaser, so `up` may succeed\./);
  expect(output).toContain("warning: 2 people lose the key Storefront, never used.");
  expect(output).not.toContain("user_not_found");
  expect(output).not.toContain("error:");
});

test("P4 what two resources declare in an organization that is yet to be created is refused at preview, both named", async () => {
  const inLater = (name: string, args: object): Declaration => {
    return { kind: "Membership", name, args: { role: "viewer", ...args } };
  };
  stack.declare([
    ...base,
    { kind: "Organization", name: "later", args: { slug: "later-trials" } },
    { kind: "User", name: "fay", args: { email: "fay@trials.example", kind: "system" } },
    inLater("fay-1", { organization: the("later"), user: the("fay") }),
    {
      ...inLater("fay-2", { organization: { $: "later", output: "id" }, email: "Fay@trials.example" }),
      after: ["fay-1"],
    },
  ]);
  expect(await stack.fail("preview")).toContain(
    "email: Membership fay-1 and Membership fay-2 both declare Fay@trials.example in the same organization: remove one of them.",
  );
});
