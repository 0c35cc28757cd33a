import { permissionValues, type Schemas } from "roster-schema";
import { describe, expect, test } from "vitest";
import { routes } from "../../service/routes/index.ts";
import type { Client, RequestOptions } from "./support/client.ts";
import { runAt, unique } from "./support/client.ts";
import { contract, type OperationId } from "./support/contract.ts";
import { Pages } from "./support/people.ts";
import { makeScenario, type Scenario, sha256 } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";
import { comparable, inBatch, tryOne } from "./support/trials.ts";

type Permission = Schemas["Permission"];
type Role = Exclude<Schemas["BuiltInRole"], "super_admin">;

/** What each role may do, written down once more, apart from the service's own table. */
const table: Record<Role, Permission[]> = {
  administrator: permissionValues.filter((permission) => permission !== "api:call"),
  customer_admin: [
    "organization:read",
    "members:read",
    "users:read",
    "roles:read",
    "members:manage",
    "users:create",
    "keys:read",
    "keys:create",
    "keys:assign",
  ],
  auditor: [
    "organization:read",
    "subscription:read",
    "members:read",
    "users:read",
    "roles:read",
    "keys:read",
    "audit:read",
    "changes:preview",
  ],
  editor: ["organization:read", "data:edit", "flows:run", "flows:read"],
  operator: ["organization:read", "flows:run", "flows:read"],
  viewer: ["organization:read", "flows:read"],
  member: ["organization:read"],
  api_user: ["messages:read_own", "api:call"],
};

/** The permission that each operation takes, or several of which one will do; "owner" is the service owner alone. */
type Need = Permission | "owner" | readonly Permission[];

/** What programs that manage objects hold one of. */
const aboutObjects: readonly Permission[] = [
  "organization:read",
  "organization:update",
  "members:read",
  "members:manage",
  "users:read",
  "users:create",
  "users:manage",
  "roles:read",
  "roles:assign",
  "roles:manage",
  "keys:read",
  "keys:create",
  "keys:assign",
  "keys:revoke",
];

const needs: Partial<Record<OperationId, Need>> = {
  listOrganizations: "organization:read",
  createOrganization: "owner",
  getOrganization: "organization:read",
  updateOrganization: "organization:update",
  closeOrganization: "owner",
  findOrganizationProfile: "organization:read",
  createOrganizationProfile: "organization:update",
  getOrganizationProfile: "organization:read",
  updateOrganizationProfile: "organization:update",
  releaseOrganizationProfile: "organization:update",
  listUsers: "users:read",
  createUser: "users:create",
  getUser: "users:read",
  getUserHolders: "users:read",
  updateUser: "users:manage",
  deactivateUser: "users:manage",
  blockUser: "owner",
  unblockUser: "owner",
  listRoles: "roles:read",
  createRole: "roles:manage",
  getRole: "roles:read",
  updateRole: "roles:manage",
  deleteRole: "roles:manage",
  listMembers: "members:read",
  createMembership: "members:manage",
  getMembership: "members:read",
  updateMembership: "members:manage",
  endMembership: "members:manage",
  listApiKeys: "keys:read",
  createApiKey: "keys:create",
  getApiKey: "keys:read",
  updateApiKey: "keys:create",
  revokeApiKey: "keys:revoke",
  rotateApiKey: "keys:revoke",
  revokeApiKeySecret: "keys:revoke",
  importApiKey: "owner",
  listApiKeyAssignments: "keys:read",
  createApiKeyAssignment: "keys:assign",
  getApiKeyAssignment: "keys:read",
  updateApiKeyAssignment: "keys:assign",
  deleteApiKeyAssignment: "keys:assign",
  listAuditEntries: "audit:read",
  listServiceAuditEntries: "owner",
  verifyAudit: "audit:read",
  verifyServiceAudit: "owner",
  listHealthFindings: "owner",
  listManagedObjects: "roles:read",
  // Each of its requests takes what it takes by itself: see batches.test.ts.
  runBatch: aboutObjects,
  verifyApiKey: "keys:verify",
  checkAccess: "keys:verify",
  listMessages: ["messages:read", "messages:read_own"],
  listAccessTokens: "keys:read",
  createAccessToken: "keys:create",
  getAccessToken: "keys:read",
  updateAccessToken: "keys:create",
  revokeAccessToken: "keys:revoke",
  rotateAccessToken: "keys:revoke",
  revokeAccessTokenSecret: "keys:revoke",
};

/** What a trial shows, without the identifiers that differ from one carrying out to the next. */
function withoutIds(trial: Schemas["Trial"]): unknown {
  return JSON.parse(JSON.stringify(trial).replaceAll(/\b([a-z]{3})_[0-9a-f]{32}/g, "$1_…"));
}

/** Operations that aren't about one organization: a permission in any of them is enough. */
const ofAnyOrganization: ReadonlySet<OperationId> = new Set([
  "listOrganizations",
  "listUsers",
  "listManagedObjects",
  "runBatch",
  "verifyApiKey",
]);

/** What isn't any organization's: the caller itself, its token, and runs, which are tried below. */
const ofNoOrganization: readonly OperationId[] = ["getSelf", "endOwnAccessToken", "getRun", "reportRun"];

/** Objects of every kind in an organization, so that each operation has something to act on. */
async function makeTargets(scenario: Scenario) {
  const { owner } = scenario;
  const { user, membership } = await scenario.member("member");
  const key = await scenario.key();
  const assignment = await owner.do("createApiKeyAssignment", { path: { apiKeyId: key.id }, body: { user: user.id } });
  return {
    organizationId: scenario.organization.id,
    profileId: (await owner.do("findOrganizationProfile", { path: scenario.path })).id,
    userId: (await scenario.user()).id,
    roleId: (await scenario.role()).id,
    membershipId: membership.id,
    apiKeyId: key.id,
    accessTokenId: (await scenario.token()).id,
    memberId: user.id,
    assignmentId: assignment.id,
  };
}

type Targets = Awaited<ReturnType<typeof makeTargets>>;

/** A body that fits each operation, and that no rule but the permission stands against. */
async function bodyOf(operation: OperationId, scenario: Scenario, path: Targets): Promise<object | undefined> {
  switch (operation) {
    case "createOrganization":
      return { slug: unique("slug"), name: "Made" };
    case "createUser":
      return { email: `${unique("u")}@example.com`, invite: false, homeOrganization: scenario.organization.id };
    case "updateUser":
      return { givenName: unique("Ada") };
    case "createRole":
      return { name: unique("role"), permissions: [] };
    case "updateRole":
    case "updateOrganization":
    case "updateOrganizationProfile":
    case "updateApiKey":
    case "updateAccessToken":
      return { name: unique("name") };
    case "createOrganizationProfile":
      return { externalId: unique("external"), adopt: "force" };
    case "createMembership":
      return { user: (await scenario.user()).id, role: "member" };
    case "updateMembership":
    case "updateApiKeyAssignment":
      return { externalId: unique("external") };
    case "createApiKey":
      return { name: unique("key"), kind: "server" };
    case "rotateApiKey":
    case "revokeApiKeySecret":
    case "rotateAccessToken":
    case "revokeAccessTokenSecret":
      // Never due: authorized, and refused for another reason, so that the key stays as it is.
      return { generation: 900 };
    case "createAccessToken": {
      const { user } = await scenario.member("member");
      return { user: user.id, name: unique("token"), permissions: ["organization:read"] };
    }
    case "importApiKey":
      return { name: unique("key"), sha256: sha256(unique("secret")) };
    case "checkAccess":
      return { user: path.memberId };
    case "createApiKeyAssignment":
      return { user: (await scenario.member("member")).user.id };
    case "verifyApiKey":
      return { secret: "anything" };
    case "runBatch":
      return { requests: [{ method: "GET", path: `/v1/organizations/${path.organizationId}` }] };
    default:
      return undefined;
  }
}

async function optionsOf(operation: OperationId, path: Targets, scenario: Scenario) {
  const body = await bodyOf(operation, scenario, path);
  const query = operation === "listManagedObjects" ? { kind: "role", externalIdPrefix: "stack/" } : undefined;
  return { path, ...(query && { query }), ...(body && { body }) } as unknown as RequestOptions<OperationId>;
}

async function request(client: Client, operation: OperationId, path: Targets, scenario: Scenario) {
  return await client.send(operation, await optionsOf(operation, path, scenario));
}

/** The operations that a batch can contain. */
const batchable = (Object.entries(needs) as [OperationId, Need][]).filter(([id]) => routes[id].isBatchable === true);

onEachDatabase("permissions", (service, kind) => {
  // What a role may not do is refused before a row is touched, and every operation's rows are an administrator's as well: so much is
  // asked of the embedded database, which takes three times as long.
  const asked = Object.entries(table).filter(([role]) => kind === "postgresql" || role === "administrator");

  test("the table knows every operation that takes a token", () => {
    const protectedOperations = [...contract].filter(([, { takesToken }]) => takesToken).map(([id]) => id);
    expect([...Object.keys(needs), ...ofNoOrganization].sort()).toEqual(protectedOperations.sort());
  });

  describe.each(asked)("%s", (role, permissions) => {
    test("has the table's permissions", async () => {
      const read = await service()
        .as()
        .do("getRole", { path: { roleId: role as Role } });
      expect([...read.permissions].sort()).toEqual([...permissions].sort());
    });

    test("does in its own organization what they allow, and is told what the rest takes", async () => {
      const scenario = await makeScenario(service());
      const { client } = await scenario.actingAs(role);
      let targets = await makeTargets(scenario);
      // Whatever ends its target leaves the next operation without one.
      for (const [operation, need] of Object.entries(needs) as [OperationId, Need][]) {
        const response = await request(client, operation, targets, scenario);
        if (response.statusCode === 204) {
          targets = await makeTargets(scenario);
        }
        const anyOf = typeof need === "string" ? [need] : need;
        const allowed = anyOf.some((one) => one !== "owner" && permissions.includes(one));
        const { code, detail } = response.statusCode >= 400 ? response.json() : { code: undefined, detail: "" };
        if (!allowed) {
          expect(code, `${operation} as ${role}`).toBe("permission_denied");
          if (need !== "owner") {
            expect(detail).toContain(anyOf.join(anyOf.length > 2 ? ", " : " or "));
          }
        } else {
          expect([undefined, "generation_conflict"], `${operation} as ${role}: ${detail}`).toContain(code);
        }
      }
    });

    test("is told by a trial what the request itself is answered with", async () => {
      const scenario = await makeScenario(service());
      const { client } = await scenario.actingAs(role);
      const mayTry = aboutObjects.some((one) => permissions.includes(one));
      let targets = await makeTargets(scenario);
      for (const [operation, need] of batchable) {
        const request = inBatch(operation, await optionsOf(operation, targets, scenario));
        if (!mayTry) {
          const body: Schemas["Batch"] = { requests: [request], dryRun: "each" };
          await client.refused("permission_denied", "runBatch", { body });
          continue;
        }
        const tried = await tryOne(client, request);
        const [real] = (await client.do("runBatch", { body: { requests: [request] } })).answers;
        if (real?.status === 204) {
          targets = await makeTargets(scenario);
        }
        if (need === "owner") {
          expect([tried.status, tried.trial.outcome, real?.status], operation).toEqual([424, "not_tried", 403]);
          expect(tried.trial.reason).toContain("Only the service owner");
        } else {
          expect(comparable(tried), operation).toEqual(comparable(real as never));
        }
      }
    });

    test("can't tell another organization's objects from absent ones", async () => {
      const scenario = await makeScenario(service());
      const other = await makeScenario(service());
      const { client } = await scenario.actingAs(role);
      const foreign = await makeTargets(other);
      const absent = Object.fromEntries(
        Object.entries(foreign).map(([name, id]) => [name, `${id.slice(0, 4)}${"0".repeat(32)}`]),
      ) as Targets;
      for (const operation of Object.keys(needs) as OperationId[]) {
        const placeholder = /\{(\w+)\}/.exec(contract.get(operation)?.path ?? "")?.[1] as keyof Targets | undefined;
        if (placeholder === undefined) {
          continue;
        }
        const [one, two] = [
          await request(client, operation, foreign, scenario),
          await request(client, operation, absent, scenario),
        ];
        const told = { ...one.json(), requestId: "", detail: one.json().detail.replace(foreign[placeholder], "…") };
        expect(told, operation).toMatchObject({ code: "not_found", status: 404 });
        expect({ ...two.json(), requestId: "", detail: two.json().detail.replace(absent[placeholder], "…") }).toEqual(
          told,
        );
      }
      const { items } = await other.owner.do("listAuditEntries", { path: other.path });
      expect(items.filter(({ actor }) => actor.kind !== "owner")).toEqual([]);
    });
  });

  test("P3 an auditor's trial as an administrator is the administrator's own, member by member", async () => {
    const scenario = await makeScenario(service());
    const [auditor, administrator] = [await scenario.actingAs("auditor"), await scenario.actingAs("administrator")];
    const targets = await makeTargets(scenario);
    for (const [operation, need] of batchable) {
      const request = inBatch(operation, await optionsOf(operation, targets, scenario));
      const own = await tryOne(administrator.client, request);
      const audited = await tryOne(auditor.client, request, { as: "administrator" });
      if (operation === "createUser") {
        // The answer would tell whether the address has an account.
        expect([own.trial.outcome, audited.trial.outcome]).toEqual(["done", "not_tried"]);
        continue;
      }
      expect(comparable(audited), operation).toEqual(comparable(own));
      expect(withoutIds(audited.trial), operation).toEqual(withoutIds(own.trial));
      if (need !== "owner" && operation !== "rotateApiKey") {
        expect(["done", "refused"]).toContain(audited.trial.outcome);
      }
    }
  });

  const ofPersons: readonly [Role, Role][] = [
    ["administrator", "viewer"],
    ["customer_admin", "auditor"],
    ["member", "administrator"],
  ];
  test.each(ofPersons.slice(0, kind === "postgresql" ? undefined : 1))(
    "a person does as %s in one organization and as %s in another what each role allows",
    async (...both) => {
      const [one, other] = [await makeScenario(service()), await makeScenario(service())];
      const roles = [
        [one, both[0]],
        [other, both[1]],
      ] as const;
      const pages = new Pages(service());
      const { client } = await pages.member(roles);
      const anywhere = new Set(both.flatMap((role) => table[role]));
      for (const [scenario, role] of roles) {
        let targets = await makeTargets(scenario);
        for (const [operation, need] of Object.entries(needs) as [OperationId, Need][]) {
          const response = await request(client, operation, targets, scenario);
          if (response.statusCode === 204) {
            targets = await makeTargets(scenario);
          }
          const permissions = ofAnyOrganization.has(operation) ? anywhere : new Set(table[role]);
          const anyOf = typeof need === "string" ? [need] : need;
          const isAllowed = anyOf.some((permission) => permission !== "owner" && permissions.has(permission));
          const { code, detail } = response.statusCode >= 400 ? response.json() : { code: undefined, detail: "" };
          const expected = isAllowed ? [undefined, "generation_conflict"] : ["permission_denied"];
          expect(expected, `${operation} as ${role}: ${detail}`).toContain(code);
        }
      }
    },
  );

  test("the service owner may do everything", async () => {
    let scenario = await makeScenario(service());
    let targets = await makeTargets(scenario);
    for (const operation of Object.keys(needs) as OperationId[]) {
      const response = await request(service().as(), operation, targets, scenario);
      expect([200, 201, 204, 409], `${operation}: ${response.body}`).toContain(response.statusCode);
      // Also after its organization is closed.
      if (response.statusCode === 204) {
        scenario = await makeScenario(service());
        targets = await makeTargets(scenario);
      }
    }
  });

  test.each(Object.keys(table) as Role[])("%s reports runs if it may do something about objects", async (role) => {
    const { client } = await (await makeScenario(service())).actingAs(role);
    const path = { runId: runAt(Date.now())["roster-run"] };
    if (!aboutObjects.some((one) => table[role].includes(one))) {
      await client.refused("permission_denied", "reportRun", { path, body: { status: "alive" } });
      await client.refused("permission_denied", "getRun", { path });
      return;
    }
    await client.do("reportRun", { path, body: { status: "alive" } });
    expect(await client.do("getRun", { path })).toMatchObject({ status: "alive" });
  });

  test("asking for what is there already reads nothing without a permission", async () => {
    const scenario = await makeScenario(service());
    const client = await scenario.withPermissions("organization:read");
    const { membership } = await scenario.member("viewer");
    const { id, name } = await scenario.key();
    const { path, organization } = scenario;
    await client.refused("permission_denied", "updateOrganization", { path, body: { name: organization.name } });
    await client.refused("permission_denied", "updateApiKey", { path: { apiKeyId: id }, body: { name } });
    const at = { membershipId: membership.id };
    await client.refused("permission_denied", "updateMembership", { path: at, body: { role: "viewer" } });
  });

  test("a subscription and a state take permissions of their own", async () => {
    const scenario = await makeScenario(service());
    const { path, owner } = scenario;
    await owner.do("updateOrganization", { path, body: { subscription: { billing: "stripe" } } });
    const naming = await scenario.withPermissions("organization:update");
    await naming.refused("permission_denied", "updateOrganization", {
      path,
      body: { subscription: { plan: "premium" } },
    });
    await naming.do("updateOrganization", { path, body: { name: unique("name") } });
    const { id } = await scenario.key();
    const creating = await scenario.withPermissions("keys:create");
    await creating.refused("permission_denied", "updateApiKey", { path: { apiKeyId: id }, body: { state: "revoked" } });
    const revoking = await scenario.withPermissions("keys:revoke");
    await revoking.refused("permission_denied", "updateApiKey", {
      path: { apiKeyId: id },
      body: { name: unique("name") },
    });
    await revoking.do("updateApiKey", { path: { apiKeyId: id }, body: { state: "revoked" } });
  });
});
