/** Who may do what to an account: every cell of the table in the decision, and the rules that count administrators. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Schemas } from "roster-schema";
import { beforeAll, describe, expect, test } from "vitest";
import { type Client, unique } from "./support/client.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase, type TestService } from "./support/service.ts";

type User = Schemas["User"];

const decision = path.join(__dirname, "../../docs/decisions/0029-who-governs-an-account.md");

/** The table's rows, each cell by the name of its column. */
function readTable(): Record<string, string>[] {
  const lines = readFileSync(decision, "utf8").split("\n");
  const rows = lines.slice(lines.findIndex((line) => line.startsWith("| the caller |"))).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const [names = [], , ...rest] = rows.slice(
    0,
    rows.findIndex((cells) => cells.length === 0),
  );
  return rest.map((cells) => Object.fromEntries(cells.map((cell, index) => [names[index], cell])));
}

const address = () => `${unique("somebody")}@example.com`;

/** Two organizations, and who acts in them. */
interface World {
  readonly service: TestService;
  readonly owner: Client;
  readonly a: Scenario;
  readonly b: Scenario;
  readonly callers: Readonly<Record<string, Client>>;
}

async function makeWorld(service: TestService): Promise<World> {
  const [a, b] = [await makeScenario(service), await makeScenario(service)];
  const callers = {
    "service owner": a.owner,
    "administrator of A": (await a.actingAs("administrator")).client,
    "user manager of A who may do less than the user": await a.withPermissions("users:read", "users:manage"),
    "customer administrator of A": (await a.actingAs("customer_admin")).client,
    "administrator of B": (await b.actingAs("administrator")).client,
  };
  return { service, owner: a.owner, a, b, callers };
}

/** Gives a person's account what setting it up gives. */
async function activate({ service }: Pick<World, "service">, { id }: { readonly id: string }): Promise<void> {
  await service.database.updateTable("users").set({ activated_at: service.now() }).where("id", "=", id).execute();
}

async function personIn(world: World, home: Scenario | null): Promise<User> {
  const user = await world.owner.do("createUser", {
    body: { email: address(), invite: false, ...(home && { homeOrganization: home.organization.id }) },
  });
  await activate(world, user);
  return user;
}

async function join({ owner, path }: Scenario, user: User, role: string): Promise<User> {
  await owner.do("createMembership", { path, body: { user: user.id, role } });
  return user;
}

async function atHomeInA(world: World): Promise<User> {
  return await join(world.a, await personIn(world, world.a), "viewer");
}

/** The users of the table's second column. */
const usersOf: Record<string, (world: World) => Promise<User>> = {
  "at home in A": atHomeInA,
  "at home in A, member of B": async (world) => await join(world.b, await atHomeInA(world), "viewer"),
  "at home in A, only administrator of B": async (world) =>
    await join(await makeScenario(world.service), await atHomeInA(world), "administrator"),
  async "at home in A, offered a key of B"(world) {
    const user = await atHomeInA(world);
    const { id: apiKeyId } = await world.b.key();
    const body = { user: user.id, external: true };
    await world.owner.do("createApiKeyAssignment", { path: { apiKeyId }, body });
    return user;
  },
  "system user at home in A, member of B": async (world) => await join(world.b, await world.a.user(), "viewer"),
  async "at home in A, with a system role"(world) {
    const { id: userId } = await atHomeInA(world);
    return await world.owner.do("updateUser", { path: { userId }, body: { systemRole: "super_admin" } });
  },
  "an account of their own, member of A": async (world) => await join(world.a, await personIn(world, null), "viewer"),
  async "at home in a closed organization, member of A"(world) {
    const closing = await makeScenario(world.service);
    const user = await join(world.a, await personIn(world, closing), "viewer");
    await world.owner.do("closeOrganization", { path: closing.path });
    return user;
  },
};

/** An act of the table's columns: what has to be so before it, and how it is asked for. */
interface Act {
  prepare?(world: World, user: User): Promise<unknown>;
  ask(client: Client, user: User): ReturnType<Client["send"]>;
}

const at = ({ id }: User) => ({ userId: id });

const acts: Record<string, Act> = {
  read: { ask: (client, user) => client.send("getUser", { path: at(user) }) },
  edit: { ask: (client, user) => client.send("updateUser", { path: at(user), body: { givenName: unique("Grace") } }) },
  "change the address": {
    ask: (client, user) => client.send("updateUser", { path: at(user), body: { email: address() } }),
  },
  "mail a new password": {
    ask: (client, user) => client.send("updateUser", { path: at(user), body: { resetPassword: unique("reset") } }),
  },
  "invite again": {
    prepare: async ({ service }, { id }) =>
      await service.database.updateTable("users").set({ activated_at: null }).where("id", "=", id).execute(),
    ask: (client, user) => client.send("updateUser", { path: at(user), body: { resendInvite: unique("again") } }),
  },
  deactivate: { ask: (client, user) => client.send("deactivateUser", { path: at(user) }) },
  "bring back": {
    prepare: async ({ owner }, user) => await owner.do("deactivateUser", { path: at(user) }),
    ask: (client, user) => client.send("updateUser", { path: at(user), body: { state: "active" } }),
  },
  adopt: {
    ask: (client, { email, kind, homeOrganization, systemRole }) =>
      client.send("createUser", {
        body: {
          email,
          kind,
          ...(homeOrganization !== null && { homeOrganization }),
          systemRole,
          externalId: unique("stack"),
          adopt: "unmanaged",
        },
      }),
  },
  block: { ask: (client, user) => client.send("blockUser", { path: at(user) }) },
};

onEachDatabase("accounts and organizations", (service, kind) => {
  let world: World;

  beforeAll(async () => {
    world = await makeWorld(service());
  });

  // What the rules say doesn't hang on the database.
  const describeTable = kind === "pglite" ? describe : undefined;
  describeTable?.("the table of who may do what to an account", () => {
    const table = readTable();

    test("has every act, and nothing that this doesn't know", () => {
      expect(table.length).toBeGreaterThan(20);
      for (const row of table) {
        expect(Object.keys(row)).toEqual(["the caller", "the user", ...Object.keys(acts)]);
      }
      expect(new Set(table.map((row) => row["the user"]))).toEqual(new Set(Object.keys(usersOf)));
    });

    const cells = table.flatMap((row) =>
      Object.keys(acts).flatMap((act) => {
        const cell = row[act] ?? "";
        return cell === "-" ? [] : [{ caller: row["the caller"] ?? "", user: row["the user"] ?? "", act, cell }];
      }),
    );

    test.each(cells)("T8 $caller, $user, $act: $cell", async ({ caller, user: who, act, cell }) => {
      const user = await usersOf[who]?.(world);
      const { prepare, ask } = acts[act] ?? {};
      if (user === undefined || ask === undefined) {
        throw new Error(`the test doesn't know ${who} or ${act}`);
      }
      await prepare?.(world, user);
      const client = world.callers[caller];
      if (client === undefined) {
        throw new Error(`the test doesn't know ${caller}`);
      }
      const before = await world.owner.do("getUser", { path: at(user) });
      const answer = await ask(client, user);
      const { code } = answer.statusCode < 300 ? { code: "" } : answer.json();
      if (cell === "yes") {
        return expect(answer.statusCode, answer.body).toBeLessThan(300);
      }
      const refusals =
        cell === "hidden"
          ? ["not_found", "email_taken", "unprocessable"]
          : ["permission_denied", "organization_closed"];
      expect(refusals, answer.body).toContain(code);
      if (cell === "hidden") {
        expect(answer.body).not.toContain(`${user.givenName}`);
      }
      expect(await world.owner.do("getUser", { path: at(user) })).toEqual(before);
    });
  });

  test("T8 a key of another organization that has ended gives nothing, and takes nothing from the home organization", async () => {
    const { a, b, callers, owner } = world;
    const client = callers["administrator of A"];
    const user = await personIn(world, a);
    const { id: apiKeyId } = await b.key();
    const body = { user: user.id, external: true };
    await owner.do("createApiKeyAssignment", { path: { apiKeyId }, body });
    const edit = { path: at(user), body: { givenName: "Grace" } };
    await client?.refused("permission_denied", "updateUser", edit);
    await owner.do("revokeApiKey", { path: { apiKeyId } });
    expect(await client?.do("updateUser", edit)).toMatchObject({ givenName: "Grace" });
  });

  const administrator = async (scenario: Scenario) =>
    await join(scenario, await personIn(world, scenario), "administrator");

  describe("deactivating", () => {
    test("T8 is the home organization's as a change of state too, repeated too, and with nothing else in it", async () => {
      const { a, owner } = world;
      const client = world.callers["administrator of A"] as Client;
      const user = await usersOf["at home in A, member of B"]?.(world);
      if (user === undefined) {
        throw new Error("there is no such user");
      }
      const request = (body: Schemas["UserUpdate"]) => ({ path: at(user), body });
      const both = request({ state: "inactive", givenName: "Grace" });
      const refused = await client.refused("permission_denied", "updateUser", both);
      expect(refused.detail).toBe(
        "This user also has a membership or an API key in another organization. Its home organization can only " +
          "deactivate it. Ask the service owner.",
      );
      const whole = { state: "inactive", email: user.email, givenName: user.givenName } as const;
      for (const body of [{ state: "inactive" } as const, whole, { state: "inactive" } as const]) {
        expect(await client.do("updateUser", request(body))).toMatchObject({ status: "inactive" });
      }
      await client.do("deactivateUser", { path: at(user) });
      await client.refused("permission_denied", "updateUser", request({ state: "active" }));
      const { items } = await owner.do("listAuditEntries", { path: a.path, query: { object: user.id } });
      expect(items.filter(({ after }) => after?.status === "inactive")).toHaveLength(1);
    });

    test("T8 the administrators of every other organization are mailed, and nobody else", async () => {
      const { mailbox } = service();
      const [home, one, other] = [
        await makeScenario(service(), { name: "Home & Co" }),
        await makeScenario(service(), { name: "One" }),
        await makeScenario(service(), { name: "Other" }),
      ];
      const told = [await administrator(one), await administrator(other)];
      const notTold = [await administrator(home), await join(one, await personIn(world, one), "viewer")];
      const leaver = await personIn(world, home);
      for (const scenario of [home, one]) {
        await join(scenario, leaver, "viewer");
      }
      const role = await other.role("flows:read");
      await join(other, leaver, role.id);
      const { client } = await home.actingAs("administrator");
      await client.do("deactivateUser", { path: at(leaver) });
      const [first, second] = await Promise.all(told.map(({ email }) => mailbox.to(email, 1)));
      expect(first?.[0]).toMatchObject({ subject: "The account of a member of One was deactivated" });
      expect(first?.[0]?.text).toContain(
        `Home & Co, the home organization of ${leaver.email}, has deactivated this account. ` +
          "It is a member of One with the role viewer.",
      );
      expect(second?.[0]?.text).toContain(`a member of Other with the role ${role.name}.`);
      await client.do("deactivateUser", { path: at(leaver) });
      const again = await personIn(world, home);
      await join(one, again, "viewer");
      await client.do("deactivateUser", { path: at(again) });
      await mailbox.to(told[0]?.email ?? "", 2);
      for (const { email } of [...notTold, leaver]) {
        expect(mailbox.mails.filter(({ recipient }) => recipient === email)).toEqual([]);
      }
    });

    test("T8 reaches the only administrator of another organization, which the service owner then finds; not one's own", async () => {
      const { owner } = world;
      const [home, other] = [await makeScenario(service()), await makeScenario(service())];
      const leaver = await administrator(other);
      const own = await administrator(home);
      await owner.do("createMembership", { path: home.path, body: { user: leaver.id, role: "viewer" } });
      await service()
        .database.updateTable("users")
        .set({ home_organization_id: home.organization.id })
        .where("id", "=", leaver.id)
        .execute();
      const { permissions } = await owner.do("getRole", { path: { roleId: "administrator" } });
      const client = await home.withPermissions(...permissions);
      expect(await findingsOf(other)).toEqual([]);
      await client.do("deactivateUser", { path: at(leaver) });
      expect(await findingsOf(other)).toMatchObject([
        {
          kind: "organization_without_administrator",
          organization: other.organization.id,
          slug: other.organization.slug,
          detail:
            "No administrator of the organization can act: 1 inactive. Make a user who can act its administrator.",
        },
      ]);
      await client.refused("last_administrator", "deactivateUser", { path: at(own) });
      await administrator(other);
      expect(await findingsOf(other)).toEqual([]);
    });
  });

  /** What the service owner finds about an organization. */
  async function findingsOf({ organization }: Scenario): Promise<Schemas["HealthFinding"][]> {
    const found: Schemas["HealthFinding"][] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? { limit: 2 } : { limit: 2, cursor };
      const page = await world.owner.do("listHealthFindings", { query });
      found.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return found.filter(({ id }) => id === organization.id);
  }

  describe("an administrator who can't act", () => {
    const robot = async (scenario: Scenario) => await join(scenario, await scenario.user(), "administrator");
    const keyOf = async (scenario: Scenario, owner: User, body: Partial<Schemas["ApiKeyCreate"]> = {}) =>
      await scenario.key({ kind: "user", owner: owner.id, ...body });

    /** Each is an administrator beside the one who would go, by why the organization could not be left to it. */
    const useless: Record<string, (scenario: Scenario) => Promise<unknown>> = {
      "has not set up the account": async (scenario) =>
        await join(scenario, await scenario.user({ kind: "person", invite: false }), "administrator"),
      "is inactive": async (scenario) => {
        const user = await administrator(scenario);
        await scenario.owner.do("deactivateUser", { path: at(user) });
      },
      "is blocked for misuse": async (scenario) => {
        const user = await administrator(scenario);
        await scenario.owner.do("blockUser", { path: at(user) });
      },
      "is blocked for failed log-ins": async (scenario) => {
        const { id } = await administrator(scenario);
        const blocked = { block_reason: "failed_logins" } as const;
        await service().database.updateTable("users").set(blocked).where("id", "=", id).execute();
      },
      "was invited": async ({ owner, path }) => {
        const body = { email: address(), role: "administrator", onUnknownUser: "invite" } as const;
        await owner.do("createMembership", { path, body });
      },
      "is a system user without a key": robot,
      "is a system user whose key is revoked": async (scenario) => {
        const { id } = await keyOf(scenario, await robot(scenario));
        await scenario.owner.do("revokeApiKey", { path: { apiKeyId: id } });
      },
      "is a system user whose key has expired": async (scenario) => {
        const { id } = await keyOf(scenario, await robot(scenario), { endDate: "2999-12-31" });
        const expired = { expires_at: new Date(service().now().getTime() - 1000) };
        await service().database.updateTable("api_keys").set(expired).where("id", "=", id).execute();
      },
      "is a system user whose key may do something else only": async (scenario) => {
        await keyOf(scenario, await robot(scenario), { permissions: ["keys:verify"] });
      },
      "is a system user whose key is another organization's": async (scenario) => {
        const user = await robot(scenario);
        await join(world.b, user, "administrator");
        await keyOf(world.b, user);
      },
    };

    test.each(Object.entries(useless))("T8 keeps the last one who can from going: one who %s", async (_why, make) => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const last = await administrator(scenario);
      await make(scenario);
      const { permissions } = await owner.do("getRole", { path: { roleId: "administrator" } });
      const client = await scenario.withPermissions(...permissions);
      const [membership] = (await owner.do("listMembers", { path, query: { user: last.id } })).items;
      const membershipId = membership?.id ?? "";
      await client.refused("last_administrator", "endMembership", { path: { membershipId } });
      const demotion = { path: { membershipId }, body: { role: "viewer" } };
      await client.refused("last_administrator", "updateMembership", demotion);
      const refused = await client.refused("last_administrator", "deactivateUser", { path: at(last) });
      expect(refused.detail).toContain("the organization's last administrator who can act");
      expect(await findingsOf(scenario)).toEqual([]);
      await owner.do("deactivateUser", { path: at(last) });
      expect(await findingsOf(scenario)).toHaveLength(1);
      await owner.do("updateUser", { path: at(last), body: { state: "active" } });
      await keyOf(scenario, await robot(scenario));
      await client.do("endMembership", { path: { membershipId } });
      expect(await findingsOf(scenario)).toEqual([]);
    });

    test("T8 can be removed where somebody else can, and stays where nobody can", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const [user, last] = [await scenario.user({ kind: "person", invite: false }), await administrator(scenario)];
      const { id } = await owner.do("createMembership", { path, body: { user: user.id, role: "administrator" } });
      const { permissions } = await owner.do("getRole", { path: { roleId: "administrator" } });
      const client = await scenario.withPermissions(...permissions);
      await owner.do("blockUser", { path: at(last) });
      await client.refused("last_administrator", "endMembership", { path: { membershipId: id } });
      await owner.do("unblockUser", { path: at(last) });
      await client.do("endMembership", { path: { membershipId: id } });
    });

    test("T8 an organization that nobody was ever made an administrator of is found as well, a closed one is not", async () => {
      const scenario = await makeScenario(service());
      const detail = "The organization has no administrator. Make a user who can act its administrator.";
      expect(await findingsOf(scenario)).toMatchObject([{ detail, name: scenario.organization.name }]);
      await scenario.owner.do("closeOrganization", { path: scenario.path });
      expect(await findingsOf(scenario)).toEqual([]);
    });
  });
});
