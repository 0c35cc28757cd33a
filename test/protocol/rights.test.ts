/** A stack whose token may do less than its declarations say: what is refused before anything is sent, and what isn't. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readManifest } from "../../provider/program/manifest/document.ts";
import { deniedIn } from "../../provider/program/manifest/rights.ts";
import { namesOfResource } from "../../provider/program/resource.ts";
import { useService } from "../e2e/fixtures.ts";
import type { Declaration } from "../e2e/kinds.ts";
import { nowhere } from "../e2e/service.ts";
import { useProtocolStack } from "./fixtures.ts";

const service = useService();
const stack = useProtocolStack(service, "stack-of-rights");
let organization = "";
let token = "";

async function made(pathname: string, body: object): Promise<Record<string, unknown>> {
  const reply = await service.ask("POST", pathname, body);
  expect([200, 201], JSON.stringify(reply.body)).toContain(reply.status);
  return reply.body;
}

beforeAll(async () => {
  const acme = await made("/v1/organizations", {
    slug: "acme",
    name: "Acme",
    subscription: { plan: "enterprise" },
    features: { externalApiAccess: true },
  });
  organization = String(acme.id);
  token = await tokenOf("customer_admin");
});

/** A key of somebody new with a role. */
async function tokenOf(role: string): Promise<string> {
  const robot = { email: `${role}@acme.example`, kind: "system", homeOrganization: organization };
  const owner = (await made("/v1/users", robot)).id;
  await made(`/v1/organizations/${organization}/members`, { user: owner, role });
  return String((await made(`/v1/organizations/${organization}/api-keys`, { name: role, kind: "user", owner })).key);
}

describe("A5 a program's resources", () => {
  const role = (name: string, permissions: readonly string[]): Declaration => {
    return { kind: "Role", name, args: { organization, name, permissions } };
  };
  const user: Declaration = {
    kind: "User",
    name: "bot",
    args: { email: "bot@acme.example", kind: "system", homeOrganization: organization },
  };
  const member = (given: string): Declaration => {
    return { kind: "Membership", name: "bot", args: { organization, email: "bot@acme.example", role: given } };
  };
  const withHome = (declaration: Declaration): Declaration => {
    return { ...declaration, args: { ...declaration.args, homeOrganization: organization } };
  };

  test("that somebody else has made are declared by whoever may not make them, as long as they stay as they are", async () => {
    const declared = () => [
      role("deployer", ["flows:run"]),
      withHome(user),
      { ...member("editor"), name: "bot-member" },
    ];
    await stack.up(declared());
    await stack.use({ endpoint: service.endpoint, token });
    expect(await stack.preview(declared())).toEqual([]);
    const refused = (declarations: readonly Declaration[], reason: RegExp) =>
      expect(stack.preview(declarations)).rejects.toThrow(reason);
    const [deployer, bot, botMember] = declared() as [Declaration, Declaration, Declaration];
    await refused(
      [role("deployer", ["flows:read"]), bot, botMember],
      /organization: changing a role requires the permission roles:manage in acme, which your API key doesn't have\. Ask an administrator/,
    );
    await expect(stack.up([deployer, bot, botMember, role("other", [])])).rejects.toThrow(
      /organization: creating a role requires the permission roles:manage in acme/,
    );
    await refused(
      [deployer, { ...bot, args: { ...bot.args, givenName: "Bot" } }, botMember],
      /givenName: changing a user requires the permission users:manage/,
    );
    await refused(
      [deployer, bot, { ...member("auditor"), name: "bot-member" }],
      /role: without the permission roles:assign, .*only the roles member and viewer/,
    );
  });

  test("E1 E8 an editor manages no users, which the preview says", async () => {
    const declared = (given: string) => [withHome(user), { ...member(given), name: "bot-member" }];
    await stack.use({ endpoint: service.endpoint, token: await tokenOf("editor") });
    await expect(stack.preview(declared("operator"))).rejects.toThrow(
      "role: changing a member's role requires the permission roles:assign in acme, which your API key doesn't have.",
    );
    await stack.use({ endpoint: service.endpoint, token });
  });
});

describe("A5 a manifest", () => {
  const text = `name: staff
organization: { existing: acme }
roles:
  shipper: { permissions: [flows:run] }
users:
  root: { email: root@acme.example, kind: system, systemRole: super_admin }
members:
  grace: { email: grace@acme.example, role: shipper }
  alan: { email: alan@acme.example, role: viewer }
apiKeys:
  wide: { kind: server, permissions: [audit:read], assignedTo: [alan] }
  plain: { kind: server }
`;

  const folder = mkdtempSync(path.join(tmpdir(), "rights-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "project", "stack");
    vi.stubEnv("ROSTER_ENDPOINT", service.endpoint);
    vi.stubEnv("ROSTER_TOKEN", token);
  });

  /** What is refused of a manifest, by the place in it. */
  async function refused(manifest: string): Promise<Record<string, string>> {
    const file = path.join(folder, "roster.yaml");
    writeFileSync(file, manifest);
    const placed = readManifest(file);
    const existing = "existing" in placed.manifest.organization ? organization : undefined;
    const faults = await deniedIn(placed, existing, undefined);
    return Object.fromEntries(
      faults.map((fault) => [
        "file" in fault ? `${path.basename(fault.file)}:${fault.line}:${fault.column}` : fault.path.join("."),
        fault.reason,
      ]),
    );
  }

  const named = async (kind: string, name: string) => (await namesOfResource(kind, name, undefined)).externalId;

  test("is refused all that the caller may not make", async () => {
    expect(await refused(text)).toEqual({
      "roles.shipper": expect.stringContaining("creating a role requires the permission roles:manage"),
      "users.root.systemRole": "only the service owner can give or take a system role. Ask the service owner.",
      "members.grace.role": expect.stringContaining("only the roles member and viewer in acme"),
      "apiKeys.wide.permissions":
        "the key exceeds your own permissions in acme by audit:read, and nobody can give more than they have. Ask an administrator " +
        "of the organization.",
    });
  });

  test("of somebody who may not make the organization is refused that alone", async () => {
    expect(await refused(text.replace("{ existing: acme }", "{ slug: another, name: Another }"))).toEqual({
      organization: "only the service owner can create an organization. Ask the service owner.",
    });
  });

  test("is refused nothing that the stack has made as it is declared, even if it has ended", async () => {
    const at = `/v1/organizations/${organization}`;
    const shipper = {
      name: "shipper",
      permissions: ["flows:run"],
      externalId: await named("Role", "staff-shipper"),
    };
    const { id: role } = await made(`${at}/roles`, shipper);
    await made("/v1/users", { email: "grace@acme.example", kind: "system", homeOrganization: organization });
    const grace = { email: "grace@acme.example", role, externalId: await named("Membership", "staff-grace") };
    await made(`${at}/members`, grace);
    const root = {
      email: "root@acme.example",
      kind: "system",
      systemRole: "super_admin",
      homeOrganization: organization,
    };
    await made("/v1/users", { ...root, externalId: await named("User", "staff-root") });
    const wide = { name: "wide", kind: "server", permissions: ["audit:read"] };
    const key = await made(`${at}/api-keys`, { ...wide, externalId: await named("ApiKey", "staff-wide") });
    expect(await refused(text)).toEqual({});
    expect((await service.ask("DELETE", `/v1/api-keys/${key.id}`)).status).toBe(204);
    expect(await refused(text)).toEqual({});
    expect(await refused(text.replace("flows:run]", "flows:read]"))).toEqual({
      "roles.shipper": expect.stringContaining("changing a role requires"),
    });
  });

  test("S1 of many people is refused whom the caller may not make a member, where they are listed, and nobody who is one", async () => {
    const lists = `name: many
organization: { existing: acme }
roles:
  lead: { permissions: [organization:read] }
people:
  entries:
    one@acme.example: viewer
    two@acme.example: editor
  from: people.csv
apiKeys:
  shop: { kind: server, assignees: { entries: { one@acme.example: member } } }
`;
    writeFileSync(
      path.join(folder, "people.csv"),
      "email,role\nthree@acme.example,lead\nfour@acme.example,member\nfive@acme.example,auditor\n",
    );
    const at = `/v1/organizations/${organization}`;
    const lead = { name: "lead", permissions: ["organization:read"], externalId: await named("Role", "many-lead") };
    const { id: role } = await made(`${at}/roles`, lead);
    const onlyFew = expect.stringContaining("only the roles member and viewer in acme");
    expect(await refused(lists)).toEqual({
      "roster.yaml:8:5": onlyFew,
      "people.csv:2:1": onlyFew,
      "people.csv:4:1": onlyFew,
    });
    const set = await named("OrganizationMembers", "many-people");
    for (const [name, given] of [
      ["two", "editor"],
      ["three", role],
      ["five", "operator"],
    ]) {
      const email = `${name}@acme.example`;
      await made("/v1/users", { email, kind: "system", homeOrganization: organization });
      await made(`${at}/members`, { email, role: given, externalId: `${set}/${email}` });
    }
    expect(await refused(lists)).toEqual({
      "people.csv:4:1": expect.stringContaining("which your API key doesn't have"),
    });
  });

  test("is refused nothing where the service doesn't say who calls, and to the service owner", async () => {
    vi.stubEnv("ROSTER_TOKEN", service.token);
    expect(await refused(text)).toEqual({});
    vi.stubEnv("ROSTER_ENDPOINT", nowhere.endpoint);
    expect(await refused(text)).toEqual({});
  });
});
