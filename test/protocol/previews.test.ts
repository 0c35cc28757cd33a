/**
 * What a preview finds when the service tries its changes: the provider's own code and the real service, without the engine. What the
 * engine prints of it is in test/e2e/trials.test.ts.
 */
import { createHash } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { lifecycleOf } from "../../provider/kinds/registry.ts";
import { Preview } from "../../provider/preview/preview.ts";
import type { PreviewedResource } from "../../provider/preview/previewed-resources.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { Client } from "../../provider/wire/client.ts";
import type { Connection } from "../../provider/wire/configuration.ts";
import { useRelay, useService } from "../e2e/fixtures.ts";
import type { Access } from "../e2e/service.ts";

const service = useService();
const relay = useRelay(service);
const stackId = "stack-of-previews";
let ids: Readonly<Record<string, string>> = {};

const hashOf = (name: string) => createHash("sha256").update(name).digest("hex").slice(0, 32);
const externalIdOf = (name: string) => `${stackId}/${hashOf(name)}`;

/** What a preview of some resources prints. */
interface Printed {
  readonly errors: Readonly<Record<string, string>>;
  readonly warnings: Readonly<Record<string, string>>;
  readonly said: readonly string[];
  readonly failures: readonly string[];
}

/** A resource, and what the engine has planned for it. */
interface Planned {
  readonly kind: string;
  readonly name: string;
  readonly args: PropertyMap;
  /** The id, if the resource exists. */
  readonly id?: string;
  readonly isUnchanged?: boolean;
  /** The names of resources that come before it. */
  readonly after?: readonly string[];
  readonly isSecret?: boolean;
  /** Inputs that check has computed. */
  readonly computed?: PropertyMap;
}

async function previewed(
  planned: readonly Planned[],
  { access = service, ...settings }: Partial<Connection> & { readonly access?: Access } = {},
): Promise<Printed> {
  const printed = { errors: {} as Record<string, string>, warnings: {} as Record<string, string> };
  const [said, failures]: [string[], string[]] = [[], []];
  const { endpoint, token } = access;
  const preview = new Preview(new Client({ endpoint, token, timeoutMs: 10_000, ...settings }), {
    say: (message) => said.push(message),
    fail: (message) => failures.push(message),
  });
  const sources = new Map(planned.map(({ name }) => [name, { name }]));
  await Promise.all(
    planned.map(({ kind, name, args, id, isUnchanged = false, after = [], isSecret = false, computed }) => {
      const lifecycle = lifecycleOf(kind);
      const { inputs, failures: wrong } = lifecycle.check({}, { ...args, externalId: externalIdOf(name) });
      expect(wrong).toEqual([]);
      const resource: PreviewedResource = {
        lifecycle,
        title: `${kind} ${name}`,
        source: sources.get(name) ?? {},
        before: () => Promise.resolve(after.map((one) => sources.get(one) ?? {})),
        hasSecretEntries: () => Promise.resolve(isSecret),
        print: (severity, message) => {
          printed[severity === "error" ? "errors" : "warnings"][name] = message;
        },
      };
      return preview.add(resource, Promise.resolve({ id, inputs: { ...inputs, ...computed }, isUnchanged }));
    }),
  );
  return { ...printed, said, failures };
}

async function made(pathname: string, body: object): Promise<string> {
  const reply = await service.ask("POST", pathname, body);
  expect([200, 201], JSON.stringify(reply.body)).toContain(reply.status);
  return String(reply.body.id);
}

const enterprise = { subscription: { plan: "enterprise" } };

beforeAll(async () => {
  const acme = await made("/v1/organizations", {
    slug: "acme",
    name: "Acme",
    ...enterprise,
    features: { externalApiAccess: true },
  });
  const off = await made("/v1/organizations", {
    slug: "off",
    name: "Off",
    ...enterprise,
    features: { externalApiAccess: true },
  });
  const user = (name: string, more: object = {}) =>
    made("/v1/users", { email: `${name}@acme.example`, homeOrganization: acme, invite: false, ...more });
  const role = (name: string, more: object = {}) =>
    made(`/v1/organizations/${acme}/roles`, { name, permissions: ["flows:read"], ...more });
  const key = (name: string, more: object = {}, organization = acme) =>
    made(`/v1/organizations/${organization}/api-keys`, { name, kind: "server", ...more });
  const managed = (name: string) => ({ externalId: externalIdOf(name) });
  const ownOrganization = await made("/v1/organizations", {
    slug: "own",
    name: "Own",
    ...enterprise,
    features: { externalApiAccess: true },
    ...managed("own-organization"),
  });
  const [ada, bob, robot] = [await user("ada"), await user("bob"), await user("robot", { kind: "system" })];
  for (const [member, given] of [
    [ada, "viewer"],
    [robot, "viewer"],
  ]) {
    await made(`/v1/organizations/${acme}/members`, { user: member, role: given });
  }
  const ownRobot = await user("own-robot", { kind: "system", ...managed("own-robot") });
  const ownMember = await made(`/v1/organizations/${acme}/members`, { user: ownRobot, role: "viewer" });
  const taken = await key("Taken");
  await made(`/v1/api-keys/${taken}/assignments`, { user: ada });
  ids = {
    acme,
    off,
    ada,
    bob,
    robot,
    taken,
    takenRole: await role("Taken"),
    ownOrganization,
    ownMember,
    ownRole: await role("Own", managed("own-role")),
    replacedKey: await key("Replaced", managed("replaced-key"), ownOrganization),
    ownKey: await key("Own", managed("own-key")),
    offKey: await key("Off", managed("off-key"), off),
  };
  await service.ask("PATCH", `/v1/organizations/${off}`, { features: { externalApiAccess: false } });
});

/** The ids of all entries in the audit of the organization. */
async function entryIds(): Promise<unknown[]> {
  return (await service.list(`/v1/organizations/${the("acme")}/audit-entries`)).map(({ id }) => id);
}

/** The id of something that the service has. */
const the = (name: string) => String(ids[name]);

describe("P2 what the service would refuse", () => {
  const role = (more: Partial<Planned> = {}, args: PropertyMap = {}): Planned => {
    return {
      kind: "Role",
      name: "role",
      args: { organization: the("acme"), name: "Taken", permissions: [], ...args },
      ...more,
    };
  };
  const key = (args: PropertyMap, more: Partial<Planned> = {}): Planned => {
    return {
      kind: "ApiKey",
      name: "key",
      args: { organization: the("acme"), name: "New", kind: "server", ...args },
      ...more,
    };
  };
  const member = (args: PropertyMap): Planned => {
    return { kind: "Membership", name: "member", args: { organization: the("acme"), role: "viewer", ...args } };
  };

  test.each<[string, string, () => Planned]>([
    ["a slug", "slug_taken", () => ({ kind: "Organization", name: "slug", args: { slug: "acme", name: "Another" } })],
    ["an address", "email_taken", () => ({ kind: "User", name: "user", args: { email: "ada@acme.example" } })],
    ["the name of a new role", "name_taken", () => role()],
    ["the new name of a role", "name_taken", () => role({ id: the("ownRole"), name: "own-role" })],
    ["the name of a new key", "name_taken", () => key({ name: "Taken" })],
    ["the new name of a key", "name_taken", () => key({ name: "Taken" }, { id: the("ownKey"), name: "own-key" })],
    ["a member", "already_member", () => member({ user: the("ada") })],
    ["nobody", "user_not_found", () => member({ email: "nobody@acme.example" })],
    [
      "an assignment",
      "already_assigned",
      () => ({ kind: "ApiKeyAssignment", name: "assignment", args: { key: the("taken"), user: the("ada") } }),
    ],
    [
      "an assignment for somebody who is no member",
      "unprocessable",
      () => ({ kind: "ApiKeyAssignment", name: "assignment", args: { key: the("taken"), user: the("bob") } }),
    ],
    [
      "a JWT for an owner without api_user",
      "unprocessable",
      () => key({ kind: "user", format: "jwt", owner: the("robot") }),
    ],
    [
      "the end of a JWT where the organization allows none",
      "unprocessable",
      () => key({ kind: "user", format: "jwt", owner: the("robot"), endDate: "2040-01-01" }),
    ],
    ["a key without access to the API", "api_access_disabled", () => key({ organization: the("off") })],
    [
      "a rotation without access to the API",
      "api_access_disabled",
      () =>
        key(
          { organization: the("off"), name: "Off" },
          { id: the("offKey"), name: "off-key", computed: { generation: 2 } },
        ),
    ],
  ])("%s: %s", async (_what, code, plan) => {
    const planned = plan();
    const before = await entryIds();
    const { errors, warnings, failures } = await previewed([planned]);
    expect(errors[planned.name]).toMatch(new RegExp(`^${code}: `));
    expect(warnings).toEqual({});
    expect(failures).toEqual(["The service would refuse a change of 1 resource: see the errors at it."]);
    expect(await entryIds()).toEqual(before);
  });

  test("is a warning if another resource may make way, and nothing if the person is made before", async () => {
    const owner = { ...role({ id: the("takenRole"), name: "taken-role" }, { name: "Given up" }) };
    await service.ask("PATCH", `/v1/roles/${the("takenRole")}`, { externalId: externalIdOf("taken-role") });
    const staff: Planned = {
      kind: "OrganizationMembers",
      name: "staff",
      args: {
        organization: the("acme"),
        members: { "new@acme.example": "viewer" },
        onUnknownUser: "create",
        minAdmins: 0,
      },
    };
    const attached: Planned = {
      kind: "ApiKeyAssignees",
      name: "attached",
      args: { key: the("taken"), assignees: { "new@acme.example": "member" } },
    };
    const unordered = await previewed([owner, role(), staff, attached]);
    expect(unordered.errors).toEqual({});
    expect(unordered.warnings.role).toContain("This program also changes Role taken-role, so `up` may succeed.");
    expect(unordered.warnings.attached).toContain("This program also changes OrganizationMembers staff");
    expect(await previewed([staff, { ...attached, after: ["staff"] }])).toMatchObject({ errors: {}, warnings: {} });
    await service.ask("PATCH", `/v1/roles/${the("takenRole")}`, { externalId: null });
  });

  test("is a warning if only the other changes cause it, in the order of the engine", async () => {
    const closed: Planned = {
      kind: "Organization",
      name: "own-organization",
      id: the("ownOrganization"),
      args: { slug: "own", name: "Own", ...enterprise, features: { externalApiAccess: false } },
    };
    const made = key({ organization: the("ownOrganization") });
    const together = "it may refuse it after the other changes of this program.";
    for (const planned of [
      [made, closed],
      [closed, { ...made, after: ["own-organization"] }],
    ]) {
      const { errors, warnings, failures } = await previewed(planned);
      expect({ errors, failures }).toEqual({ errors: {}, failures: [] });
      expect(warnings.key).toMatch(/^api_access_disabled: /);
      expect(warnings.key).toContain(together);
    }
    const replaced = key(
      { organization: the("ownOrganization"), name: "Replaced", kind: "webapi" },
      { name: "replaced-key", after: ["own-organization"] },
    );
    const { warnings, errors } = await previewed([closed, replaced]);
    expect(errors).toEqual({});
    expect(warnings["replaced-key"]).toMatch(/^api_access_disabled: /);
    const after = [{ ...closed, after: ["key"] }, made];
    expect((await previewed(after)).warnings.key).toBeUndefined();
  });

  test("is a warning if it is about deleting what is replaced", async () => {
    const own = { name: "own-role", kind: "Role", args: { organization: the("acme"), name: "Own", permissions: [] } };
    expect(await previewed([own])).toMatchObject({ errors: {}, warnings: {} });
    await service.ask("PATCH", `/v1/members/${the("ownMember")}`, { role: the("ownRole") });
    const { errors, warnings } = await previewed([own]);
    expect(errors).toEqual({});
    expect(warnings["own-role"]).toMatch(/^role_in_use: .*A replacement deletes the object first\./s);
    await service.ask("PATCH", `/v1/members/${the("ownMember")}`, { role: "viewer" });
  });

  test("names each entry of a set, unless the addresses are secret", async () => {
    const addresses = Array.from({ length: 12 }, (_, at) => `nobody${at}@acme.example`);
    const set: Planned = {
      kind: "OrganizationMembers",
      name: "set",
      args: {
        organization: the("acme"),
        members: Object.fromEntries(addresses.map((one) => [one, "viewer"])),
        minAdmins: 0,
      },
    };
    const { errors } = await previewed([set]);
    expect(errors.set).toContain("12 members would be refused:\n  nobody0@acme.example: user_not_found: ");
    expect(errors.set).toContain("\n  and 2 more");
    const secret = (await previewed([{ ...set, isSecret: true }])).errors.set;
    expect(secret).toContain("[secret]: user_not_found: ");
    expect(secret).not.toContain("nobody");
  });
});

describe("the service", () => {
  const set = (count: number, isUnchanged = false): Planned => ({
    kind: "OrganizationMembers",
    name: "crowd",
    args: {
      organization: the("acme"),
      members: Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}@crowd.example`, "viewer"])),
      onUnknownUser: "create",
      minAdmins: 0,
    },
    ...(isUnchanged ? { id: "crowd", isUnchanged } : {}),
  });

  beforeEach(() => {
    relay.requests.length = 0;
    relay.tried.length = 0;
    relay.asked = () => undefined;
  });

  test("is asked for a hundredth of the changes, and of nothing where nothing changes", async () => {
    const sent: string[] = [];
    relay.asked = (request) => {
      sent.push(request);
      return undefined;
    };
    expect(await previewed([set(1000)], { access: relay })).toMatchObject({ errors: {}, warnings: {}, said: [] });
    expect(sent.length).toBeLessThanOrEqual(1000 / 100);
    expect(relay.tried).toHaveLength(1000);
    sent.length = 0;
    await previewed([set(1000, true)], { access: relay });
    await previewed([set(10)], { access: relay, dryRun: false });
    expect(sent).toEqual([]);
  });

  test("that doesn't know trials is noticed once, and the preview is as before", async () => {
    relay.asked = (request) =>
      request === "a trial"
        ? {
            status: 400,
            headers: { "content-type": "application/problem+json" },
            body: JSON.stringify({
              type: "urn:roster:problem:invalid_request",
              title: "The request does not match the contract",
              status: 400,
              code: "invalid_request",
              detail: "The request doesn't match the contract: body /dryRun is not known.",
              requestId: "req_0",
              retryable: false,
            }),
          }
        : undefined;
    const { errors, failures, said } = await previewed([set(500)], { access: relay });
    expect({ errors, failures }).toEqual({ errors: {}, failures: [] });
    expect(said).toEqual(["The service does not try changes, so this preview does not show what it would refuse."]);
    expect(relay.tried).toHaveLength(200);
  });

  test("that doesn't answer is said once, and the preview is as before", async () => {
    relay.asked = () => "reset";
    const { errors, failures, said } = await previewed([set(500)], { access: relay, timeoutMs: 1000 });
    expect({ errors, failures }).toEqual({ errors: {}, failures: [] });
    expect(said).toEqual([
      expect.stringMatching(/^This preview does not show what the service would refuse: no response/),
    ]);
  });
});

describe("whoever can only read", () => {
  const renamed: Planned = { kind: "Role", name: "own-role", args: { permissions: ["flows:read"] } };
  let auditor: Access;

  beforeAll(async () => {
    const owner = await made("/v1/users", { email: "eve@acme.example", kind: "system", homeOrganization: the("acme") });
    await made(`/v1/organizations/${the("acme")}/members`, { user: owner, role: "auditor" });
    const key = { name: "Auditor", kind: "user", owner };
    const { body } = await service.ask("POST", `/v1/organizations/${the("acme")}/api-keys`, key);
    auditor = { endpoint: service.endpoint, token: String(body.key) };
  });

  const change = (name: string): Planned => ({
    ...renamed,
    id: the("ownRole"),
    args: { ...renamed.args, organization: the("acme"), name },
  });

  test("isn't refused, and is told how to try the changes as somebody who can change", async () => {
    const { errors, said } = await previewed([change("Other")], { access: auditor });
    expect(errors).toEqual({});
    expect(said).toEqual([expect.stringContaining("To try them as somebody who can, set roster:previewAs.")]);
  });

  test("P3 sees as an administrator what an administrator would be refused", async () => {
    const settings = { access: auditor, previewAs: "administrator" } as const;
    expect(await previewed([change("Other")], settings)).toMatchObject({ errors: {}, said: [] });
    expect((await previewed([change("Taken")], settings)).errors["own-role"]).toMatch(/^name_taken: /);
  });

  test("is told of what only the service owner may do in one line", async () => {
    const planned: Planned = { kind: "Organization", name: "another", args: { slug: "another", name: "Another" } };
    const { errors, said } = await previewed([planned], { access: auditor, previewAs: "administrator" });
    expect(errors).toEqual({});
    expect(said).toEqual([expect.stringMatching(/^1 change was not tried: /)]);
  });
});
