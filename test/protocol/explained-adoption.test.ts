/** What an explanation says of objects that a stack adopts, whose ids a preview doesn't know. Written as the engine writes a preview. */
import { beforeAll, expect, test } from "vitest";
import { explain } from "../../provider/explain/explain.ts";
import { unescaped } from "../../provider/explain/phrase.ts";
import { readPreview } from "../../provider/explain/preview-document.ts";
import { unknownValue } from "../../provider/values/unknown.ts";
import { Client } from "../../provider/wire/client.ts";
import { useService } from "../e2e/fixtures.ts";
import { enterprise } from "../e2e/kinds.ts";

const service = useService();
let acme = "";

async function post(pathname: string, body: object): Promise<string> {
  const answer = await service.ask("POST", pathname, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return String(answer.body.id);
}

function urnOf(kind: string, name: string): string {
  return `urn:pulumi:test::acme::pulumi-nodejs:dynamic/roster:${kind}::${name}`;
}

/** A step of a preview that creates a resource, with the resources that its arguments depend on. */
function creates(
  kind: string,
  name: string,
  args: Readonly<Record<string, unknown>>,
  propertyDependencies: Readonly<Record<string, readonly string[]>> = {},
) {
  const inputs = { externalId: `acme/test/${name}`, adopt: true, ...args };
  return { op: "create", urn: urnOf(kind, name), newState: { inputs, propertyDependencies } };
}

/** What an update of these steps does, without the roles that it adopts. */
async function explained(...steps: readonly object[]): Promise<string[]> {
  const client = new Client({ endpoint: service.endpoint, token: service.token, timeoutMs: 30_000 });
  const { findings, notTried } = await explain(client, readPreview(JSON.stringify({ steps })));
  const texts = [...findings, ...notTried].map(({ text }) => unescaped(text));
  return texts.filter((text) => !text.startsWith("The stack takes over the role "));
}

const roles = [
  ["releaser", "Releaser"],
  ["deployer", "Deployer"],
] as const;
const declaredRoles = () =>
  roles.map(([name, shown]) => creates("Role", `acme-${name}`, { organization: acme, name: shown, permissions: [] }));
/** The set of a manifest's people, whose roles are unknown until the roles are adopted. */
function people(name: string, members: Readonly<Record<string, string>>) {
  const args = {
    organization: acme,
    members,
    roles: Object.fromEntries(roles.map(([role]) => [role, unknownValue])),
    minAdmins: 0,
    onUnknownUser: "create",
  };
  const dependencies = roles.map(([role]) => urnOf("Role", `acme-${role}`));
  return creates("OrganizationMembers", name, args, { roles: dependencies, members: [] });
}

beforeAll(async () => {
  acme = await post("/v1/organizations", { slug: "acme", name: "Acme", ...enterprise });
  const [releaser] = await Promise.all(
    roles.map(([, name]) => post(`/v1/organizations/${acme}/roles`, { name, permissions: [] })),
  );
  for (const [local, role] of [
    ["ada", releaser],
    ["bob", "viewer"],
  ]) {
    await post(`/v1/organizations/${acme}/members`, { email: `${local}@acme.example`, role, onUnknownUser: "create" });
  }
});

test("who stays is counted, who gets another role is named, and so is who joins", async () => {
  const members = { "ada@acme.example": "releaser", "bob@acme.example": "deployer", "cy@acme.example": "viewer" };
  expect(await explained(...declaredRoles(), people("acme-people", members))).toEqual([
    "bob@acme.example: the role in Acme changes from viewer to Deployer.",
    "The user cy@acme.example is created.",
    "cy@acme.example joins Acme with the role viewer.",
    "The stack takes over 1 membership of Acme, without a change.",
  ]);
});

test("where several roles are unknown and nothing tells which is which, nobody's role is guessed", async () => {
  const members = { "ada@acme.example": "releaser", "bob@acme.example": "viewer" };
  expect(await explained(...declaredRoles(), people("staff", members))).toEqual([
    "The stack takes over 1 membership of Acme, without a change.",
    "OrganizationMembers staff: It depends on a value that isn't known before the update.",
  ]);
});

test("a membership of an adopted account is taken over as it is", async () => {
  const user = creates("User", "bob", { email: "bob@acme.example", homeOrganization: acme, kind: "person" });
  const args = { organization: acme, user: unknownValue, role: "editor" };
  const member = creates("Membership", "bob", args, { user: [user.urn] });
  expect(await explained(user, member)).toEqual([
    "bob@acme.example: the role in Acme changes from viewer to editor.",
    "The stack takes over the account bob@acme.example, without a change.",
    "The stack takes over the membership bob@acme.example: role changes: viewer => editor.",
  ]);
});
