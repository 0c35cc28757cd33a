import { describe, expect, test } from "vitest";
import type { OperationId } from "../../service/auth/operation.ts";
import { type Client, type RequestOptions, unique } from "./support/client.ts";
import { logo } from "./support/images.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

type Values = Readonly<Record<string, unknown>>;

/** How an object of one kind is there before a stack adopts it. */
interface Kind {
  readonly operations: {
    readonly create: OperationId;
    readonly get: OperationId;
    readonly update: OperationId;
    readonly end: OperationId;
  };
  /** The path parameter that names one, and those of the collection. */
  readonly parameter: string;
  readonly path: Values;
  /** What makes it, before anybody manages it. */
  readonly body: Values;
  /** What an adopting create says otherwise. */
  readonly otherwise: Values;
  /** What somebody else changes afterwards, one of those. */
  readonly elsewhere: Values;
  /** What is fixed for good, with another value. */
  readonly fixed: Values;
  /** What tells that it is over. */
  readonly ended: (response: { statusCode: number; json: () => Values }) => boolean;
}

const kinds: Record<string, (scenario: Scenario) => Promise<Kind>> = {
  organization: async () => ({
    operations: {
      create: "createOrganization",
      get: "getOrganization",
      update: "updateOrganization",
      end: "closeOrganization",
    },
    parameter: "organizationId",
    path: {},
    body: {
      slug: unique("adopted"),
      name: "Before",
      subscription: { plan: "premium" },
      websiteUrl: "https://before.example",
      settings: { keysPerOwner: 3 },
    },
    otherwise: { name: "After", websiteUrl: undefined, settings: { keysPerOwner: 5, allowExpiringJwt: true } },
    elsewhere: { settings: { keysPerOwner: 7 } },
    fixed: {},
    ended: (response) => response.json().status === "closed",
  }),
  user: async ({ organization }) => ({
    operations: { create: "createUser", get: "getUser", update: "updateUser", end: "deactivateUser" },
    parameter: "userId",
    path: {},
    body: {
      email: `${unique("adopted")}@example.com`,
      kind: "system",
      homeOrganization: organization.id,
      givenName: "Before",
    },
    otherwise: { givenName: "After", familyName: "Adopted" },
    elsewhere: { familyName: "Elsewhere" },
    fixed: { kind: "person", invite: false },
    ended: (response) => response.json().state === "inactive",
  }),
  role: async ({ path }) => ({
    operations: { create: "createRole", get: "getRole", update: "updateRole", end: "deleteRole" },
    parameter: "roleId",
    path,
    body: { name: unique("role"), permissions: ["flows:read"] },
    otherwise: { permissions: ["flows:read", "flows:run"] },
    elsewhere: { permissions: ["data:edit"] },
    fixed: {},
    ended: (response) => response.statusCode === 404,
  }),
  membership: async (scenario) => ({
    operations: { create: "createMembership", get: "getMembership", update: "updateMembership", end: "endMembership" },
    parameter: "membershipId",
    path: scenario.path,
    body: { user: (await scenario.user()).id, role: "viewer" },
    otherwise: { role: "editor" },
    elsewhere: { role: "operator" },
    fixed: {},
    ended: (response) => response.json().status === "removed",
  }),
  "API key": async ({ path }) => ({
    operations: { create: "createApiKey", get: "getApiKey", update: "updateApiKey", end: "revokeApiKey" },
    parameter: "apiKeyId",
    path,
    body: { name: unique("key"), kind: "server", permissions: ["organization:read"], endDate: "2998-01-01" },
    otherwise: { endDate: "2999-12-31", permissions: ["roles:read"] },
    elsewhere: { endDate: "2999-06-30" },
    fixed: { kind: "user" },
    ended: (response) => response.json().status === "revoked",
  }),
  assignment: async (scenario) => ({
    operations: {
      create: "createApiKeyAssignment",
      get: "getApiKeyAssignment",
      update: "updateApiKeyAssignment",
      end: "deleteApiKeyAssignment",
    },
    parameter: "assignmentId",
    path: { apiKeyId: (await scenario.key()).id },
    body: { user: (await scenario.member("viewer")).user.id },
    otherwise: {},
    elsewhere: {},
    fixed: { external: true },
    ended: (response) => response.statusCode === 404,
  }),
};

/** One object, and the requests about it. */
class Subject {
  readonly kind: Kind;
  readonly client: Client;
  readonly #test = unique("test");

  constructor(kind: Kind, client: Client) {
    this.kind = kind;
    this.client = client;
  }

  /** The name that a stack of this test's gives the object. */
  name(stack: string): string {
    return `${this.#test}/${stack}`;
  }

  async send(operation: OperationId, options: { path?: Values; query?: Values; body?: Values }) {
    return await this.client.send(operation, options as unknown as RequestOptions<OperationId>);
  }

  async make(body: Values): Promise<Values> {
    const response = await this.create(body);
    expect(response.statusCode, response.body).toBe(201);
    return response.json();
  }

  async create(body: Values) {
    return await this.send(this.kind.operations.create, { path: this.kind.path, body });
  }

  async adopt(externalId: string, how = "unmanaged", body: Values = {}) {
    return await this.create({ ...this.kind.body, ...this.kind.otherwise, externalId, adopt: how, ...body });
  }

  at({ id }: Values): { path: Values } {
    return { path: { [this.kind.parameter]: id } };
  }

  async read(item: Values): Promise<Values> {
    return (await this.get(item)).json();
  }

  async get(item: Values) {
    return await this.send(this.kind.operations.get, this.at(item));
  }

  async update(item: Values, body: Values, query: Values = {}) {
    return await this.send(this.kind.operations.update, { ...this.at(item), query, body });
  }

  async end(item: Values, query: Values = {}) {
    return await this.send(this.kind.operations.end, { ...this.at(item), query });
  }
}

/** What of an object can be set, in one text. */
function settingsOf(item: Values): Values {
  const { updatedAt: _, adopted: _adopted, externalId: _externalId, key: _key, ...rest } = item;
  return rest;
}

onEachDatabase("adoption", (service) => {
  async function subjectOf(name: string): Promise<Subject> {
    const scenario = await makeScenario(service());
    const kind = await kinds[name]?.(scenario);
    if (kind === undefined) {
      throw new Error(`no kind ${name}`);
    }
    return new Subject(kind, scenario.owner);
  }

  describe.each(Object.keys(kinds))("of kind %s", (name) => {
    test("takes over what is there, set as the request says, in the one answer", async () => {
      const subject = await subjectOf(name);
      const before = await subject.make(subject.kind.body);
      expect(before.adopted).toBe(false);
      const adopted = await subject.adopt(subject.name("one"));
      expect(adopted.statusCode, adopted.body).toBe(201);
      const { websiteUrl, ...otherwise } = subject.kind.otherwise;
      expect(adopted.json()).toMatchObject({
        id: before.id,
        adopted: true,
        externalId: subject.name("one"),
        ...otherwise,
      });
      expect(await subject.read(before)).toMatchObject({ id: before.id, adopted: true, ...otherwise });
      // What the request leaves out stays as it is.
      if ("websiteUrl" in subject.kind.otherwise) {
        expect(adopted.json().websiteUrl).toBe(websiteUrl ?? before.websiteUrl);
      }
      const audit = await subject.send("listServiceAuditEntries", { query: { object: before.id } });
      expect(audit.json().items.map(({ action }: { action: string }) => action.split(".")[1])).toEqual([
        "create",
        "adopt",
      ]);
    });

    test("let go of, it is what it was before, and nobody's", async () => {
      const subject = await subjectOf(name);
      const before = await subject.make(subject.kind.body);
      await subject.adopt(subject.name("one"));
      expect((await subject.end(before, { managedAs: subject.name("one") })).statusCode).toBe(204);
      const after = await subject.read(before);
      expect(after).toMatchObject({ adopted: false, externalId: null });
      expect(settingsOf(after)).toEqual(settingsOf(before));
    });

    test("let go of twice, as after a lost answer, it stays", async () => {
      const subject = await subjectOf(name);
      const before = await subject.make(subject.kind.body);
      await subject.adopt(subject.name("one"));
      for (const query of [{}, {}, { ifAdopted: "end" }]) {
        expect((await subject.end(before, { managedAs: subject.name("one"), ...query })).statusCode).toBe(204);
        expect(settingsOf(await subject.read(before))).toEqual(settingsOf(before));
      }
    });

    test("by force, from another resource of the same stack, it stays what it was to the stack", async () => {
      const subject = await subjectOf(name);
      const [one, other, elsewhere] = [
        ...["1", "2"].map((digit) => subject.name(digit.repeat(32))),
        `elsewhere/${"3".repeat(32)}`,
      ];
      const made = await subject.make({ ...subject.kind.body, externalId: one });
      expect((await subject.adopt(String(other))).json().code).toBe("managed_elsewhere");
      expect((await subject.adopt(String(other), "force")).json()).toMatchObject({ id: made.id, adopted: false });
      // From another stack it is adopted, and given back to nobody.
      expect((await subject.adopt(String(elsewhere), "force")).json()).toMatchObject({ id: made.id, adopted: true });
      await subject.end(made, { managedAs: elsewhere });
      expect(await subject.read(made)).toMatchObject({ adopted: false, externalId: null });
      await subject.update(made, { externalId: other });
      await subject.end(made, { managedAs: other });
      expect(subject.kind.ended(await subject.get(made))).toBe(true);
    });

    test("let go of, it keeps what somebody else has changed since", async () => {
      const subject = await subjectOf(name);
      const before = await subject.make(subject.kind.body);
      await subject.adopt(subject.name("one"));
      const { elsewhere } = subject.kind;
      if (Object.keys(elsewhere).length > 0) {
        expect((await subject.update(before, elsewhere)).statusCode).toBe(200);
      }
      await subject.end(before, { managedAs: subject.name("one") });
      const after = await subject.read(before);
      expect(after).toMatchObject({ adopted: false, externalId: null });
      for (const [member, value] of Object.entries(elsewhere)) {
        expect(after[member]).toMatchObject(value as object);
      }
    });

    test("let go of, it gives back also what its manager changed later", async () => {
      const subject = await subjectOf(name);
      const before = await subject.make(subject.kind.body);
      await subject.adopt(subject.name("one"));
      const { elsewhere } = subject.kind;
      const update = await subject.update(
        before,
        { ...elsewhere, externalId: subject.name("two") },
        { managedAs: subject.name("one") },
      );
      expect(update.statusCode, update.body).toBe(200);
      await subject.end(before, { managedAs: subject.name("two") });
      expect(settingsOf(await subject.read(before))).toEqual(settingsOf(before));
    });

    test("ended by its manager with `end`, or by somebody else, it is over", async () => {
      for (const ifAdopted of ["end", undefined]) {
        const subject = await subjectOf(name);
        const before = await subject.make(subject.kind.body);
        await subject.adopt(subject.name("one"));
        const query = ifAdopted === undefined ? {} : { managedAs: subject.name("one"), ifAdopted };
        expect((await subject.end(before, query)).statusCode).toBe(204);
        expect(subject.kind.ended(await subject.get(before))).toBe(true);
        // Its manager, who doesn't know yet, ends it too.
        expect([204, 404]).toContain((await subject.end(before, { managedAs: subject.name("one") })).statusCode);
        expect(subject.kind.ended(await subject.get(before))).toBe(true);
      }
    });

    test("of another's object is refused, and with force is audited and given back", async () => {
      const subject = await subjectOf(name);
      const before = await subject.make({ ...subject.kind.body, externalId: subject.name("theirs") });
      const refused = await subject.adopt(subject.name("ours"));
      expect(refused.statusCode).toBe(409);
      expect(refused.json()).toMatchObject({ code: "managed_elsewhere" });
      expect(refused.json().detail).toContain(subject.name("theirs"));
      expect(settingsOf(await subject.read(before))).toEqual(settingsOf(before));
      const forced = await subject.adopt(subject.name("ours"), "force");
      expect(forced.json()).toMatchObject({ id: before.id, adopted: true, externalId: subject.name("ours") });
      const audit = await subject.send("listServiceAuditEntries", { query: { object: before.id } });
      expect(audit.json().items.at(-1)).toMatchObject({ action: expect.stringMatching(/\.adopt_by_force$/) });
      const theirs = { managedAs: subject.name("theirs") };
      const change = { ...subject.kind.elsewhere, externalId: subject.name("theirs-renamed") };
      for (const response of [await subject.update(before, change, theirs), await subject.end(before, theirs)]) {
        expect(response.statusCode).toBe(409);
        expect(response.json()).toMatchObject({ code: "managed_elsewhere" });
      }
      await subject.end(before, { managedAs: subject.name("ours") });
      expect(settingsOf(await subject.read(before))).toEqual(settingsOf(before));
      // It is theirs again as soon as they say so.
      expect((await subject.update(before, { externalId: subject.name("theirs") }, theirs)).statusCode).toBe(200);
    });

    test("asked again, as after a lost answer, keeps what was there first", async () => {
      const subject = await subjectOf(name);
      const before = await subject.make(subject.kind.body);
      await subject.adopt(subject.name("one"));
      expect((await subject.adopt(subject.name("one"))).json()).toMatchObject({ id: before.id, adopted: true });
      await subject.end(before, { managedAs: subject.name("one") });
      const after = await subject.read(before);
      expect(after.adopted).toBe(false);
      expect(settingsOf(after)).toEqual(settingsOf(before));
    });

    test("of nothing makes it, and deleting that ends it", async () => {
      const subject = await subjectOf(name);
      const made = await subject.adopt(subject.name("one"), "unmanaged", subject.kind.body);
      expect(made.statusCode, made.body).toBe(201);
      expect(made.json().adopted).toBe(false);
      await subject.end(made.json(), { managedAs: subject.name("one") });
      expect(subject.kind.ended(await subject.get(made.json()))).toBe(true);
    });

    test("of what is fixed otherwise is refused, by name", async () => {
      const subject = await subjectOf(name);
      const before = await subject.make(subject.kind.body);
      const [member] = Object.keys(subject.kind.fixed);
      if (member === undefined) {
        return;
      }
      const response = await subject.adopt(subject.name("one"), "unmanaged", subject.kind.fixed);
      expect(response.statusCode).toBe(422);
      expect(response.json()).toMatchObject({ code: "unprocessable", errors: [{ pointer: `/${member}` }] });
      expect(settingsOf(await subject.read(before))).toEqual(settingsOf(before));
    });

    test("takes an externalId", async () => {
      const subject = await subjectOf(name);
      await subject.make(subject.kind.body);
      const response = await subject.create({ ...subject.kind.body, adopt: "unmanaged" });
      expect(response.json()).toMatchObject({ code: "unprocessable", errors: [{ pointer: "/externalId" }] });
    });
  });

  test("two stacks in turn give back what each found", async () => {
    const subject = await subjectOf("membership");
    const before = await subject.make(subject.kind.body);
    await subject.adopt(subject.name("one"), "unmanaged", { role: "editor" });
    await subject.adopt(subject.name("two"), "force", { role: "operator" });
    await subject.end(before, { managedAs: subject.name("two") });
    expect(await subject.read(before)).toMatchObject({ role: "editor", externalId: null, adopted: true });
    await subject.end(before, { managedAs: subject.name("one") });
    expect(await subject.read(before)).toMatchObject({ role: "viewer", externalId: null, adopted: false });
  });

  test("takes what the change that it makes takes, and no more", async () => {
    const scenario = await makeScenario(service());
    const organizationName = unique("stack");
    const { user, membership } = await scenario.member("administrator");
    const body = { user: user.id, role: "viewer" as const, externalId: "stack/one", adopt: "unmanaged" as const };
    const customerAdmin = (await scenario.actingAs("customer_admin")).client;
    await customerAdmin.refused("permission_denied", "createMembership", { path: scenario.path, body });
    const administrator = (await scenario.actingAs("administrator")).client;
    await administrator.do("createMembership", { path: scenario.path, body });
    const own = (await scenario.owner.do("listMembers", { path: scenario.path })).items;
    expect(own.find(({ id }) => id === membership.id)).toMatchObject({ role: "viewer", adopted: true });
    // An administrator of the organization adopts it, and lets go of it, without being the service owner.
    const adopted = await administrator.do("createOrganization", {
      body: {
        slug: scenario.organization.slug,
        name: "Renamed",
        subscription: scenario.organization.subscription,
        features: scenario.organization.features,
        externalId: organizationName,
        adopt: "unmanaged",
      },
    });
    expect(adopted).toMatchObject({ id: scenario.organization.id, name: "Renamed", adopted: true });
    await administrator.do("closeOrganization", { path: scenario.path, query: { managedAs: organizationName } });
    expect(await administrator.do("getOrganization", { path: scenario.path })).toMatchObject({
      name: scenario.organization.name,
      status: "open",
    });
  });

  test("a user who is not the caller's to know of is taken, and stays so", async () => {
    const [scenario, other] = [await makeScenario(service()), await makeScenario(service())];
    const user = await other.user();
    const { client } = await scenario.actingAs("administrator");
    const problem = await client.refused("email_taken", "createUser", {
      body: {
        email: user.email,
        kind: "system",
        homeOrganization: scenario.organization.id,
        externalId: "stack/one",
        adopt: "force",
      },
    });
    expect(problem.detail).not.toContain(user.id);
  });

  test("of an inactive user brings it back, and letting go puts it to rest again", async () => {
    const subject = await subjectOf("user");
    const before = await subject.make(subject.kind.body);
    await subject.end(before);
    const adopted = await subject.adopt(subject.name("one"));
    expect(adopted.json()).toMatchObject({ id: before.id, state: "active", adopted: true });
    await subject.end(before, { managedAs: subject.name("one") });
    expect(await subject.read(before)).toMatchObject({ state: "inactive", givenName: "Before" });
  });

  test("of a user that its manager ended, it is the stack's own when it comes back", async () => {
    const subject = await subjectOf("user");
    const before = await subject.make(subject.kind.body);
    const externalId = subject.name("one");
    await subject.adopt(externalId);
    await subject.end(before, { managedAs: externalId, ifAdopted: "end" });
    expect(await subject.make({ ...subject.kind.body, externalId })).toMatchObject({ id: before.id, adopted: false });
    await subject.end(before, { managedAs: externalId });
    expect(await subject.read(before)).toMatchObject({ state: "inactive" });
  });

  test("let go of, it keeps what somebody else has changed before its manager changed something else", async () => {
    const subject = await subjectOf("organization");
    const before = await subject.make(subject.kind.body);
    const managedAs = subject.name("one");
    await subject.adopt(managedAs);
    await subject.update(before, { websiteUrl: "https://elsewhere.example" });
    await subject.update(before, { name: "Later" }, { managedAs });
    await subject.end(before, { managedAs });
    expect(await subject.read(before)).toMatchObject({ websiteUrl: "https://elsewhere.example", name: "Before" });
  });

  test("let go of, it keeps another's logo whole, and gives back the one before its manager's", async () => {
    const subject = await subjectOf("organization");
    const [first, second] = [logo("png"), logo("png", { width: 2 })];
    for (const [there, ours, theirs] of [
      [null, first, second],
      [first, second, null],
      [first, null, second],
      [null, first, undefined],
      [first, second, undefined],
    ] as const) {
      const slug = unique("logo");
      const before = await subject.make({ ...subject.kind.body, slug, logo: there ?? undefined });
      const managedAs = unique("logo");
      expect((await subject.adopt(managedAs, "unmanaged", { slug, logo: ours ?? undefined })).statusCode).toBe(201);
      if (theirs !== undefined) {
        expect((await subject.update(before, { logo: theirs })).statusCode).toBe(200);
      }
      const kept = theirs === undefined ? before : await subject.read(before);
      expect((await subject.end(before, { managedAs })).statusCode).toBe(204);
      expect((await subject.read(before)).logo).toEqual(kept.logo);
    }
  });

  test("of a key shows no plaintext, and one revoked meanwhile stays revoked", async () => {
    const subject = await subjectOf("API key");
    const before = await subject.make(subject.kind.body);
    const adopted = await subject.adopt(subject.name("one"));
    expect(adopted.json().key).toBeNull();
    const revoked = await subject.update(before, { state: "revoked" }, { managedAs: subject.name("one") });
    expect(revoked.statusCode).toBe(200);
    await subject.end(before, { managedAs: subject.name("one") });
    expect(await subject.read(before)).toMatchObject({ status: "revoked", endDate: "2999-12-31", adopted: false });
  });

  test("is bound by the last administrator, also in letting go", async () => {
    const scenario = await makeScenario(service());
    const user = await scenario.user();
    const path = scenario.path;
    await scenario.owner.do("createMembership", { path, body: { user: user.id, role: "viewer" } });
    const manager = await scenario.withPermissions(
      ...(await scenario.owner.do("getRole", { path: { roleId: "administrator" } })).permissions,
    );
    const body = {
      user: user.id,
      role: "administrator" as const,
      externalId: "stack/one",
      adopt: "unmanaged" as const,
    };
    const { id } = await manager.do("createMembership", { path, body });
    const release = { path: { membershipId: id }, query: { managedAs: "stack/one" } };
    await manager.refused("last_administrator", "endMembership", release);
    await scenario.actingAs("administrator");
    await manager.do("endMembership", release);
    expect(await scenario.owner.do("getMembership", { path: { membershipId: id } })).toMatchObject({ role: "viewer" });
  });
});
