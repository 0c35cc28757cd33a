/** What the provider refuses before anything is sent, because of who calls, is what the service would refuse. */
import type { Schemas } from "roster-schema";
import { beforeAll, describe, expect, test } from "vitest";
import { type Change, denialsFor } from "../../provider/kinds/rights.ts";
import { type Client, unique } from "./support/client.ts";
import type { OperationId } from "./support/contract.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

/** A change, and the request that the provider would send for it. */
interface Attempt {
  readonly change: Pick<Change, "kind" | "before" | "now">;
  readonly operation: OperationId;
  readonly path?: Readonly<Record<string, string>>;
  readonly body: object;
}

type Permission = Schemas["Permission"];

/** The callers: by their role, or with the permissions of a role of their own. */
const callers: Readonly<Record<string, string | readonly Permission[]>> = {
  administrator: "administrator",
  customer_admin: "customer_admin",
  editor: "editor",
  member: "member",
  "somebody who manages roles": ["organization:read", "members:read", "roles:read", "roles:manage", "flows:read"],
  "somebody who gives roles": [
    "organization:read",
    "members:read",
    "roles:read",
    "users:read",
    "members:manage",
    "roles:assign",
    "flows:read",
  ],
};

onEachDatabase("rights", (service) => {
  let scenario: Scenario;
  const at = () => scenario.path;
  const address = () => `${unique("person")}@example.com`;

  beforeAll(async () => {
    await service().start();
    scenario = await makeScenario(service());
  });

  const creating = (kind: string, operation: OperationId, args: object, body: object = args): Attempt => ({
    change: { kind, before: undefined, now: { organization: scenario.organization.id, ...args } },
    operation,
    path: at(),
    body,
  });

  /** The attempts, each with an object of its own. */
  const attempts: Readonly<Record<string, () => Promise<Attempt>>> = {
    "creating an organization": async () => {
      const body = { slug: unique("org"), name: "Another" };
      return { change: { kind: "Organization", before: undefined, now: body }, operation: "createOrganization", body };
    },
    "renaming the organization": async () => organizationUpdate({ name: unique("Acme") }),
    "switching API access off": async () => organizationUpdate({ features: { externalApiAccess: false } }),
    "linking a subscription": async () =>
      organizationUpdate({ subscription: { plan: "enterprise", billing: "stripe" } }),
    "creating a role": async () =>
      creating("Role", "createRole", { name: unique("role"), permissions: ["flows:read"] }),
    "creating a wide role": async () =>
      creating("Role", "createRole", { name: unique("role"), permissions: ["flows:read", "audit:read"] }),
    "widening a role": async () => {
      const role = await scenario.role("flows:read");
      const body = { permissions: ["flows:read", "flows:run"] };
      return { change: changed("Role", role, body), operation: "updateRole", path: { roleId: role.id }, body };
    },
    "creating a user": async () => {
      const body = { email: address(), kind: "system", homeOrganization: scenario.organization.id };
      return { change: { kind: "User", before: undefined, now: body }, operation: "createUser", body };
    },
    "creating a user of no organization": async () => {
      const body = { email: address(), kind: "system" };
      return { change: { kind: "User", before: undefined, now: body }, operation: "createUser", body };
    },
    "giving a system role": async () => {
      const body = {
        email: address(),
        kind: "system",
        homeOrganization: scenario.organization.id,
        systemRole: "super_admin",
      };
      return { change: { kind: "User", before: undefined, now: body }, operation: "createUser", body };
    },
    "renaming a user": async () => {
      const user = await scenario.user();
      const body = { givenName: "Ines" };
      return { change: changed("User", user, body), operation: "updateUser", path: { userId: user.id }, body };
    },
    ...Object.fromEntries(
      (["member", "viewer", "editor", "customer_admin", "api_user", "administrator"] as const).flatMap((role) => [
        [
          `adding a member with the role ${role}`,
          async () => creating("Membership", "createMembership", { user: (await scenario.user()).id, role }),
        ],
        // A role that stays is not sent.
        ...(role === "viewer" ? [] : [[`making a viewer ${role}`, async () => roleChange("viewer", role)]]),
        [`making an operator ${role}`, async () => roleChange("operator", role)],
      ]),
    ),
    "adding a member with a role of the organization": async () => {
      const [{ id: role }, { id: user }] = [await scenario.role("organization:read"), await scenario.user()];
      return creating("Membership", "createMembership", { user, role });
    },
    "creating a key": async () => creating("ApiKey", "createApiKey", { name: unique("key"), kind: "server" }),
    "creating a wide key": async () =>
      creating("ApiKey", "createApiKey", { name: unique("key"), kind: "server", permissions: ["audit:read"] }),
    "creating a viewer's key": async () => {
      const { user } = await scenario.member("viewer");
      const permissions = ["organization:read", "flows:read"];
      return creating("ApiKey", "createApiKey", { name: unique("key"), kind: "user", owner: user.id, permissions });
    },
    "revoking a key": async () => {
      const key = await scenario.key();
      const body = { state: "revoked" };
      return { change: changed("ApiKey", key, body), operation: "updateApiKey", path: { apiKeyId: key.id }, body };
    },
    "rotating a key": async () => {
      const { id, generation } = await scenario.key();
      const body = { generation: generation + 1 };
      const change = { kind: "ApiKey", before: { state: "active", generation }, now: body };
      return { change, operation: "rotateApiKey", path: { apiKeyId: id }, body };
    },
    "attaching a key": async () => {
      const [{ id: apiKeyId }, { user }] = [await scenario.key(), await scenario.member("member")];
      const body = { user: user.id };
      const change = { kind: "ApiKeyAssignment", before: undefined, now: { key: apiKeyId, ...body } };
      return { change, operation: "createApiKeyAssignment", path: { apiKeyId }, body };
    },
  };

  function changed(kind: string, before: object, body: object): Attempt["change"] {
    return { kind, before: { ...before }, now: { ...before, ...body } };
  }

  function organizationUpdate(body: object): Attempt {
    const change = changed("Organization", scenario.organization, body);
    return { change, operation: "updateOrganization", path: at(), body };
  }

  async function roleChange(from: string, role: string): Promise<Attempt> {
    const { membership } = await scenario.member(from);
    const path = { membershipId: membership.id };
    return { change: changed("Membership", membership, { role }), operation: "updateMembership", path, body: { role } };
  }

  async function acting(caller: string | readonly Permission[]): Promise<Client> {
    const role = typeof caller === "string" ? caller : (await scenario.role(...caller)).id;
    return (await scenario.actingAs(role)).client;
  }

  describe.each(Object.entries(callers))("A5 as %s", (_who, caller) => {
    test("what the provider refuses, the service does, and what it passes on, is not refused for want of a permission", async () => {
      const client = await acting(caller);
      const self = await client.do("getSelf");
      for (const [what, prepare] of Object.entries(attempts)) {
        const { change, operation, path, body } = await prepare();
        const denied = denialsFor(self, { organization: scenario.organization.id, ...change });
        const { statusCode, body: answer } = await client.send(operation, { path, body } as never);
        const code = statusCode < 300 ? "" : JSON.parse(answer).code;
        const isRefused = ["permission_denied", "contact_vendor", "not_found", "user_not_found"].includes(code);
        expect([isRefused, code], `${what}: ${JSON.stringify(denied)}`).toEqual([denied.length > 0, code]);
      }
    });
  });

  test("A5 whoever only reads is refused nothing: a preview shows what another caller would do", async () => {
    const self = await (await acting("auditor")).do("getSelf");
    for (const prepare of Object.values(attempts)) {
      expect(denialsFor(self, { organization: scenario.organization.id, ...(await prepare()).change })).toEqual([]);
    }
  });
});
