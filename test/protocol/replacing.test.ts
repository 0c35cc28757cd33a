/**
 * What replaces, renames and adopts: nothing is ended for what would be refused, names and persons move, and a stack's own
 * objects are its own. On the provider's own protocol; each group has a stack, and an organization, of its own.
 */
import { randomBytes } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { frontUnderTest } from "../e2e/stack.ts";
import { useProtocolStack } from "./fixtures.ts";
import { ProtocolStack } from "./protocol-stack.ts";

const service = useService();

type Args = Readonly<Record<string, unknown>>;

function declare(kind: string, name: string, args: Args, ...after: string[]): Declaration {
  return { kind, name, args, after };
}
const organization = (name: string, slug = name) => declare("Organization", name, { slug, name: slug, ...enterprise });
const read = async (path: string) => (await service.ask("GET", path)).body;

describe("T4 a replacement that would be refused", () => {
  const stack = useProtocolStack(service, "stack-of-refusals");
  const secret = randomBytes(32).toString("base64url");
  const robot = { email: "robot@refusals.example", kind: "system", homeOrganization: the("refusals") };
  const role = (name: string) => declare("Role", `${name}-role`, { organization: the(name), name, permissions: [] });
  const surroundings = [
    organization("refusals"),
    organization("elsewhere", "refusals-elsewhere"),
    role("refusals"),
    declare("User", "robot", robot),
    declare("Membership", "in", { organization: the("refusals"), user: the("robot"), role: "editor" }),
  ];
  const key = (args: Args) =>
    declare("ApiKey", "key", { organization: the("refusals"), name: "Checkout", kind: "webapi", ...args }, "in");
  const keyNow = () => read(`/v1/api-keys/${stack.stored("key").id}`);

  test("of a key by one with the same secret is refused at preview; with another secret it is made", async () => {
    await stack.up([...surroundings, key({ secret })]);
    const owned = { owner: the("robot") };
    const reason = /key: secret: the replaced key has this secret/;
    await expect(stack.preview([...surroundings, key({ ...owned, secret })])).rejects.toThrow(reason);
    await expect(stack.up([...surroundings, key({ ...owned, secret })])).rejects.toThrow(reason);
    expect(await keyNow()).toMatchObject({ status: "active" });
    expect((await service.verify(secret)).outcome).toBe("accepted");
    const another = randomBytes(32).toString("base64url");
    expect(await stack.up([...surroundings, key({ secret: another })])).toEqual(["update key"]);
    // The one before is known to the state while it lives on, and to the service for ever.
    await expect(stack.preview([...surroundings, key({ ...owned, secret: another })])).rejects.toThrow(reason);
    expect(await stack.up([...surroundings, key(owned)])).toEqual(["replace key"]);
  });

  test("that is forced, or follows a key's end, ends nothing either", async () => {
    const other = randomBytes(32).toString("base64url");
    const declared = [...surroundings, key({ owner: the("robot"), secret: other })];
    await stack.up(declared);
    const { id } = stack.stored("key");
    const forced = stack.up(declared, { replace: ["key"] });
    await expect(forced).rejects.toThrow(/secret: the replaced key has this secret.*\n {2}Nothing was deleted/s);
    expect(await keyNow()).toMatchObject({ id, status: "active" });
    expect(await stack.up(declared)).toEqual([]);
    await service.ask("DELETE", `/v1/api-keys/${id}`);
    await stack.refresh();
    await expect(stack.preview(declared)).rejects.toThrow(/secret: the replaced key has this secret/);
    expect(await stack.up([...surroundings, key({ owner: the("robot") })], { replace: ["key"] })).toEqual([
      "replace key",
    ]);
  });

  test.each([
    ["an end date that has passed", { endDate: "2020-01-01" }, /endDate: 2020-01-01 has passed/],
    ["a state that no new key has", { state: "revoked" }, /state: a key can't be created as revoked/],
  ])("of a key with %s is refused at preview", async (_what, args, reason) => {
    stack.rewrite("key", (stored) => ({
      ...stored,
      inputs: { ...stored.inputs, ...args },
      outputs: { ...stored.outputs, ...args },
    }));
    await expect(stack.preview([...surroundings, key({ ...args, kind: "server" })])).rejects.toThrow(reason);
    await stack.refresh();
    expect(await keyNow()).toMatchObject({ status: "active" });
  });

  test("of a member in another organization with a role of the one before is refused at preview", async () => {
    const member = (place: string, roleOf: string) =>
      declare("Membership", "robot-in", { organization: the(place), user: the("other"), role: the(`${roleOf}-role`) });
    const set = (place: string, roleOf: string) => {
      const args = { organization: the(place), members: {}, roles: { Own: the(`${roleOf}-role`) }, minAdmins: 0 };
      return declare("OrganizationMembers", "set", args);
    };
    const other = declare("User", "other", { ...robot, email: "other@refusals.example" });
    const all = [...surroundings, key({ owner: the("robot") }), role("elsewhere"), other];
    await stack.up([...all, member("refusals", "refusals"), set("refusals", "refusals")]);
    const reason = /role: it is a role of org_\w+: use a role of the new organization/;
    await expect(stack.preview([...all, member("elsewhere", "refusals")])).rejects.toThrow(reason);
    await expect(stack.preview([...all, set("elsewhere", "refusals")])).rejects.toThrow(
      /roles\.Own: it is a role of org_\w+: use a role of the new organization/,
    );
    expect(await stack.up([...all, member("elsewhere", "elsewhere"), set("elsewhere", "elsewhere")])).toEqual([
      "replace robot-in",
      "replace set",
    ]);
  });
});

describe("T4 what a replacement would leave behind, or could not make", () => {
  const stack = useProtocolStack(service, "stack-of-leftovers");
  const person = (name: string, home: string) =>
    declare("User", name, { email: `${name}@leftovers.example`, kind: "system", homeOrganization: the(home) });
  const role = (name: string) => declare("Role", `${name}-role`, { organization: the(name), name, permissions: [] });
  const key = (name: string, args: Args) =>
    declare("ApiKey", name, { organization: the("leftovers"), name, kind: "server", ...args }, "in");
  const surroundings = [
    organization("leftovers"),
    organization("far"),
    role("leftovers"),
    role("far"),
    person("robot", "leftovers"),
    person("other", "leftovers"),
    declare("Membership", "in", { organization: the("leftovers"), user: the("robot"), role: "editor" }),
    key("one", {}),
    key("two", {}),
  ];
  const owned = { owner: the("robot") };

  test("a member of a set whose role is another organization's, also where the set has no name for it", async () => {
    const set = (place: string, member: unknown) => {
      const args = { organization: the(place), members: { "other@leftovers.example": member }, minAdmins: 0 };
      return declare("OrganizationMembers", "set", args, "other");
    };
    await stack.up([...surroundings, set("leftovers", { role: the("leftovers-role") })]);
    await expect(stack.preview([...surroundings, set("far", the("leftovers-role"))])).rejects.toThrow(
      /members\.other@leftovers\.example: it is a role of org_\w+: use a role of the new organization/,
    );
    expect(await stack.up([...surroundings, set("far", the("far-role"))])).toEqual(["replace set"]);
  });

  test("a key's known secret, also where another argument that replaces isn't known yet", async () => {
    const secret = randomBytes(32).toString("base64url");
    const webApi = { kind: "webapi", secret };
    await stack.up([...surroundings, key("own", webApi)]);
    const moved = { ...webApi, organization: the("far"), owner: the("is-made-in-the-same-update") };
    await expect(stack.preview([...surroundings, key("own", moved)])).rejects.toThrow(
      /secret: the replaced key has this secret/,
    );
  });

  test("the name of what was adopted: it is refused, and made as the message says", async () => {
    const place = stack.stored("leftovers").id;
    await service.ask("POST", `/v1/organizations/${place}/api-keys`, { name: "adopted", kind: "server" });
    const declared = (args: Args) => [...surroundings, key("adopted", args)];
    await stack.up(declared({ adopt: true, adopts: {} }));
    await stack.up(declared({}));
    const { id } = stack.stored("adopted");
    const reason = /name: the object was adopted, so replacing it releases it.*Set `onDestroy: "delete"`/;
    await expect(stack.preview(declared(owned))).rejects.toThrow(reason);
    await expect(stack.up(declared({}), { replace: ["adopted"] })).rejects.toThrow(reason);
    expect(await read(`/v1/api-keys/${id}`)).toMatchObject({ status: "active", adopted: true });
    const ended = { onDestroy: "delete" };
    expect(await stack.up(declared(ended))).toEqual(["update adopted"]);
    expect(await stack.up(declared({ ...ended, ...owned }))).toEqual(["replace adopted"]);
    expect(await read(`/v1/api-keys/${id}`)).toMatchObject({ status: "revoked" });
  });

  test("a user's home organization, by force: the user stays as it is", async () => {
    const home = (name: string) => [...surroundings, person("moving", name)];
    await stack.up(home("leftovers"));
    const { id } = stack.stored("moving");
    await expect(stack.up(home("far"), { replace: ["moving"] })).rejects.toThrow(
      /homeOrganization: replacing a user restores the account with the same address.*\n {2}Nothing was deleted/s,
    );
    const homeOrganization = stack.stored("leftovers").id;
    expect(await read(`/v1/users/${id}`)).toMatchObject({ state: "active", homeOrganization });
    expect(await stack.up(home("leftovers"), { replace: ["moving"] })).toEqual(["replace moving"]);
  });

  // The engine doesn't tell a plugin which objects are retained: the service refuses the replacement.
  if (frontUnderTest() === "dynamic") {
    const retained = { __retainOnDelete: true };
    test.each<[kind: string, was: Args, changed: Args, elsewhere: Args]>([
      [
        "ApiKey",
        { organization: the("leftovers"), name: "Retained", kind: "server" },
        { owner: the("robot") },
        { organization: the("far") },
      ],
      [
        "ApiKeyAssignees",
        { key: the("one"), assignees: {} },
        { mode: "authoritative", __replaceOnChanges: ["mode"] },
        { key: the("two") },
      ],
    ])(
      "the name of a retained %s: refused in the same place, and free in another",
      async (kind, was, changed, elsewhere) => {
        const declared = (args: Args) => [...surroundings, declare(kind, kind, { ...was, ...args, ...retained }, "in")];
        await stack.up(declared({}));
        expect(stack.stored(kind).inputs).not.toHaveProperty("__retainOnDelete");
        await expect(stack.preview(declared(changed))).rejects.toThrow(
          /retainOnDelete: a retained object keeps its externalId/,
        );
        expect(await stack.preview(declared(elsewhere))).toEqual([`replace ${kind}`]);
      },
    );
  }
});

describe("once an organization was closed by somebody else", () => {
  const stack = useProtocolStack(service, "stack-of-closed");
  const user = (name: string) => ({ email: `${name}@closed.example`, homeOrganization: the("closed"), invite: false });
  const declared = [
    organization("closed"),
    declare("Role", "role", { organization: the("closed"), name: "Own", permissions: ["flows:read"] }),
    declare("User", "ann", user("ann")),
    declare("User", "bob", user("bob")),
    declare("Membership", "ann-in", { organization: the("closed"), user: the("ann"), role: the("role") }),
    declare("ApiKey", "key", { organization: the("closed"), name: "Key", kind: "server" }),
    declare("ApiKeyAssignment", "attached", { key: the("key"), user: the("ann") }, "ann-in"),
    declare(
      "OrganizationMembers",
      "all",
      { organization: the("closed"), members: { "bob@closed.example": "viewer" } },
      "bob",
    ),
    declare("ApiKeyAssignees", "holders", { key: the("key"), assignees: { "bob@closed.example": "member" } }, "all"),
  ];

  test("`up` after a refresh makes it anew, with all that was in it, and its users are at home there", async () => {
    await stack.up(declared);
    const users = ["ann", "bob"].map((name) => stack.stored(name).id);
    const first = stack.stored("closed").id;
    await service.ask("DELETE", `/v1/organizations/${first}`);
    await stack.refresh();
    const planned = await stack.preview(declared);
    expect(planned).toEqual(expect.arrayContaining(["create closed", "update ann", "update bob", "replace role"]));
    await stack.up(declared);
    const { id } = stack.stored("closed");
    expect(id).not.toBe(first);
    for (const [at, name] of ["ann", "bob"].entries()) {
      expect(stack.stored(name).id).toBe(users[at]);
      expect(await read(`/v1/users/${users[at]}`)).toMatchObject({ homeOrganization: id, state: "active" });
    }
    expect(await service.rolesIn(id)).toEqual({
      "ann@closed.example": stack.stored("role").id,
      "bob@closed.example": "viewer",
    });
    expect(await service.list(`/v1/api-keys/${stack.stored("key").id}/assignments`)).toHaveLength(2);
    expect(await stack.preview(declared)).toEqual([]);
    await stack.refresh();
    expect(await stack.preview(declared)).toEqual([]);
  });

  test("so it goes on where that `up` was broken off, and where the organization is replaced by force", async () => {
    const users = ["ann", "bob"].map((name) => stack.stored(name).id);
    await service.ask("DELETE", `/v1/organizations/${stack.stored("closed").id}`);
    await stack.refresh();
    // Its users are left for the next one, whose preview knows the new organization.
    await stack.up(
      declared
        .filter(({ kind }) => kind === "Organization" || kind === "User")
        .map((one) =>
          one.kind === "User"
            ? { ...one, args: { ...one.args, homeOrganization: stack.stored("ann").inputs.homeOrganization } }
            : one,
        ),
    );
    expect(await stack.preview(declared)).toEqual(expect.arrayContaining(["update ann", "update bob"]));
    await stack.up(declared);
    await stack.up(declared, { replace: ["closed"] });
    const { id } = stack.stored("closed");
    for (const user of users) {
      expect(await read(`/v1/users/${user}`)).toMatchObject({ homeOrganization: id });
    }
    await stack.refresh();
    await stack.up(declared);
    expect(await stack.preview(declared)).toEqual([]);
  });
});

describe("a person whose address changes", () => {
  const stack = useProtocolStack(service, "stack-of-addresses");
  const at = (name: string) => `${name}@addresses.example`;
  const user = (name: string, address: string) => declare("User", name, { email: at(address), invite: false });
  const surroundings = [organization("addresses")];
  /** Everything about Ann by her address, and what hangs on her membership. */
  const about = (address: string) => [
    declare("Membership", "ann-in", { organization: the("addresses"), email: at(address), role: "editor" }, "ann"),
    declare(
      "ApiKey",
      "own",
      { organization: the("addresses"), name: "Own", kind: "user", owner: the("ann") },
      "ann-in",
    ),
    declare("ApiKey", "shared", { organization: the("addresses"), name: "Shared", kind: "server" }),
    declare("ApiKeyAssignment", "attached", { key: the("shared"), email: at(address) }, "ann-in"),
  ];
  const ids = () => ["ann-in", "own", "attached"].map((name) => stack.stored(name).id);

  test("stays the same member, with keys and assignments, and preview says so", async () => {
    await stack.up([...surroundings, user("ann", "ann"), ...about("ann")]);
    const before = ids();
    const changed = [...surroundings, user("ann", "Ann.New"), ...about("ann.new")];
    const updates = ["update ann", "update ann-in", "update attached"];
    expect(await stack.preview(changed)).toEqual(updates);
    expect(await stack.up(changed)).toEqual(updates);
    expect(ids()).toEqual(before);
    expect(await read(`/v1/api-keys/${stack.stored("own").id}`)).toMatchObject({ status: "active" });
    expect(await stack.preview(changed)).toEqual([]);
    await stack.refresh();
    expect(await stack.preview(changed)).toEqual([]);
  });

  test("stays so where somebody else has changed it, and where `user` takes the place of `email`", async () => {
    const before = ids();
    await service.ask("PATCH", `/v1/users/${stack.stored("ann").id}`, { email: at("ann.third") });
    const [member, ...others] = about("ann.third");
    const declared = [...surroundings, user("ann", "ann.third"), ...(member === undefined ? [] : [member]), ...others];
    await stack.refresh();
    expect(await stack.up(declared)).toEqual(["update ann-in", "update attached"]);
    const byUser = declared.map((one) => {
      const { email: _, ...args } = one.args;
      return one.name === "ann-in" ? { ...one, args: { ...args, user: the("ann") } } : one;
    });
    expect(await stack.up(byUser)).toEqual(["update ann-in"]);
    expect(await stack.up(declared)).toEqual(["update ann-in"]);
    expect(ids()).toEqual(before);
  });

  test("another person's address still replaces: one who is there, one who is made, one who gets Ann's", async () => {
    const declared = (address: string, ...more: Declaration[]) => [
      ...surroundings,
      user("ann", "ann.third"),
      ...more,
      ...about(address),
    ];
    const replaces = expect.arrayContaining(["replace ann-in", "replace attached"]);
    await service.ask("POST", "/v1/users", { email: at("zoe"), invite: false });
    expect(await stack.preview(declared("zoe"))).toEqual(replaces);
    expect(await stack.preview(declared("bob", user("bob", "bob")))).toEqual(replaces);
    const handedOn = [...surroundings, user("ann", "ann.fourth"), user("bob", "ann.third"), ...about("ann.third")];
    // Unchanged in the program, it stays with its person.
    expect(await stack.preview(handedOn)).toEqual(["update ann", "create bob"]);
  });

  test("stays the same entry of a set", async () => {
    const set = (address: string) => [
      declare(
        "OrganizationMembers",
        "set",
        { organization: the("addresses"), members: { [at(address)]: "viewer" }, mode: "additive" },
        "eve",
      ),
      declare(
        "ApiKey",
        "eves",
        { organization: the("addresses"), name: "Eve's", kind: "user", owner: the("eve") },
        "set",
      ),
      declare("ApiKeyAssignees", "holders", { key: the("eves"), assignees: { [at(address)]: "member" } }, "set"),
    ];
    const base = [...surroundings, user("ann", "ann.third"), ...about("ann.third")];
    const declared = (address: string) => [...base, user("eve", address), ...set(address)];
    // As with the engine, the process of another program knows nothing of those that were previewed.
    await stack.stop();
    await stack.up(declared("eve"));
    const { id } = stack.stored("eves");
    const ids = (name: string) => Object.values(stack.stored(name).outputs.ids as object);
    const before = [ids("set"), ids("holders")];
    expect(await stack.up(declared("eve.new"))).toEqual(["update eve", "update set", "update holders"]);
    expect([ids("set"), ids("holders")]).toEqual(before);
    expect(stack.stored("set").outputs.ids).toEqual({ [at("eve.new")]: before[0]?.[0] });
    expect(await read(`/v1/api-keys/${id}`)).toMatchObject({ status: "active", assigneeCount: 1 });
    const { externalId } = stack.stored("set").outputs;
    expect(await read(`/v1/members/${before[0]?.[0]}`)).toMatchObject({ externalId: `${externalId}/${at("eve.new")}` });
    expect(await stack.preview(declared("eve.new"))).toEqual([]);
    await stack.up(base);
    expect(await read(`/v1/members/${before[0]?.[0]}`)).toMatchObject({ status: "removed" });
  });
});

test("addresses are compared as the service compares them, letter by letter", async () => {
  const stack = new ProtocolStack(service, "stack-of-letters", {}, { keepsProvider: true });
  onTestFinished(() => stack.stop());
  const declared = (user: string, member: string) => [
    organization("letters"),
    declare("User", "person", { email: `${user}@letters.example`, kind: "system" }),
    declare(
      "Membership",
      "in",
      { organization: the("letters"), email: `${member}@letters.example`, role: "viewer" },
      "person",
    ),
  ];
  await stack.up(declared("alex", "alex"));
  // A capital sigma at the end of a word has another small letter than elsewhere.
  expect(await stack.preview(declared("\u0391\u03A3", "\u03B1\u03C3"))).toEqual(["update person", "update in"]);
});

describe("addresses that go from one person to the next", () => {
  const stack = useProtocolStack(service, "stack-of-rows");
  const at = (name: string) => `${name}@rows.example`;
  const users = (ann: string, bob: string) => [
    declare("User", "bob", { email: at(bob), kind: "system" }),
    declare("User", "ann", { email: at(ann), kind: "system" }, "bob"),
  ];
  const set = (ann: string, bob: string) => {
    const members = { [at(ann)]: "editor", [at(bob)]: "viewer" };
    return declare("OrganizationMembers", "set", { organization: the("rows"), members, minAdmins: 0 });
  };
  const own = declare("ApiKey", "own", { organization: the("rows"), name: "Own", kind: "user", owner: the("ann") });
  const idsNow = () => stack.stored("set").outputs.ids as Readonly<Record<string, string>>;
  const declared = (ann: string, bob: string) => [organization("rows"), ...users(ann, bob), set(ann, bob), own];

  async function expectMoved(before: readonly unknown[], ann: string, bob: string): Promise<void> {
    expect([idsNow()[at(ann)], idsNow()[at(bob)]]).toEqual(before);
    expect(await read(`/v1/api-keys/${stack.stored("own").id}`)).toMatchObject({ status: "active" });
    await stack.refresh();
    expect(await stack.preview(declared(ann, bob))).toEqual([]);
  }

  test("leave each their entry of a set, with what hangs on it", async () => {
    await stack.up(declared("ann", "bob"));
    const before = [idsNow()[at("ann")], idsNow()[at("bob")]];
    await stack.up(declared("bob", "bobby"));
    await expectMoved(before, "bob", "bobby");
  });

  test("do so where the set is changed before its users are", async () => {
    const before = [idsNow()[at("bob")], idsNow()[at("bobby")]];
    // Shown in the same run, as by the engine, which doesn't wait for a user's change before it begins the set's.
    await stack.preview(declared("bobby", "robert"));
    await stack.up([organization("rows"), set("bobby", "robert"), ...users("bobby", "robert"), own]);
    await expectMoved(before, "bobby", "robert");
  });
});

describe("a resource that is renamed without an alias", () => {
  const stack = useProtocolStack(service, "stack-of-renames");
  /** Has the next command done by another process, as each is with the engine: what a run has shown is of that run. */
  const nextRun = () => stack.stop();
  const kinds: Readonly<Record<string, Args>> = {
    Organization: { slug: "renames-one", name: "One" },
    Role: { organization: the("renames"), name: "Alpha", permissions: ["flows:read"] },
    User: { email: "robot@renames.example", kind: "system" },
    Membership: { organization: the("renames"), user: the("other"), role: "viewer" },
    ApiKey: { organization: the("renames"), name: "Key", kind: "server" },
    ApiKeyAssignment: { key: the("shared"), user: the("member") },
    OrganizationMembers: { organization: the("renames"), members: { "set@renames.example": "viewer" } },
    ApiKeyAssignees: { key: the("shared"), assignees: { "set@renames.example": "member" } },
  };
  const isSet = (kind: string) => kind === "OrganizationMembers" || kind === "ApiKeyAssignees";
  const users = ["other", "member", "set"].map((name) =>
    declare("User", name, { email: `${name}@renames.example`, kind: "system" }),
  );
  const surroundings = [
    organization("renames"),
    ...users,
    declare("ApiKey", "shared", { organization: the("renames"), name: "Shared", kind: "server" }),
    declare("Membership", "member-in", { organization: the("renames"), user: the("member"), role: "viewer" }),
    declare("Membership", "set-in", { organization: the("renames"), user: the("set"), role: "viewer" }),
  ];

  test.each(Object.entries(kinds).filter(([kind]) => !isSet(kind)))(
    "is told of `aliases`: %s; taken over by force, it stays, and ends with the stack",
    async (kind, args) => {
      const one = (name: string, more: Args = {}) => [...surroundings, declare(kind, name, { ...args, ...more })];
      await stack.up(one("old"));
      const { id } = stack.stored("old");
      await nextRun();
      await expect(stack.up(one("new"))).rejects.toThrow(
        /This stack already manages \w+ under.*`aliases: \[\{ name: /s,
      );
      await expect(stack.up(one("new", { adopt: true, adopts: {} }))).rejects.toThrow(
        /[Tt]his stack already manages \w+ under another resource's name.*`aliases: \[\{ name: .*`adopt: "force"`/s,
      );
      const forced = one("new", { adopt: "force", adopts: {} });
      expect(await stack.up(forced)).toEqual(["create new", "delete old"]);
      const renamed = stack.stored("new");
      expect(renamed.id).toBe(id);
      expect(await stack.preview(forced)).toEqual([]);
      await stack.refresh();
      expect(await stack.preview(forced)).toEqual([]);
      expect(renamed.outputs.adopted ?? false).toBe(false);
      expect(await stack.up(surroundings)).toEqual(["delete new"]);
    },
    60_000,
  );

  test.each(Object.entries(kinds).filter(([kind]) => isSet(kind)))(
    "S3 takes over its entries where it is a set: %s, by force or not",
    async (kind, args) => {
      // The set takes the membership over.
      const around = kind === "OrganizationMembers" ? surroundings.slice(0, -1) : surroundings;
      await nextRun();
      const one = (name: string, more: Args = {}) => [...around, declare(kind, name, { ...args, ...more })];
      await stack.up(one("old"));
      const { ids } = stack.stored("old").outputs;
      for (const [name, more] of [
        ["new", {}],
        ["forced", { adopt: "force", adopts: {} }],
      ] as const) {
        await nextRun();
        expect(await stack.up(one(name, more))).toEqual([`create ${name}`, expect.stringMatching(/^delete /)]);
        expect(stack.stored(name).outputs.ids).toEqual(ids);
        await stack.refresh();
        expect(await stack.preview(one(name, more))).toEqual([]);
      }
      await nextRun();
      expect(await stack.up(around)).toEqual(["delete forced"]);
    },
    60_000,
  );

  test("S3 from single members to a set, and back, it needs neither an alias nor force", async () => {
    const args = { organization: the("renames"), role: "viewer", user: the("other") };
    const single = (more: Args = {}) => [...surroundings, declare("Membership", "single", { ...args, ...more })];
    const members = { "other@renames.example": "viewer" };
    const set = (more: Args = {}) => [
      ...surroundings,
      declare("OrganizationMembers", "many", { organization: the("renames"), members, ...more }),
    ];
    await stack.up(single());
    const { id } = stack.stored("single");
    await nextRun();
    for (const more of [{}, { adopt: "force", adopts: {} }]) {
      expect(await stack.up(set(more))).toEqual(["create many", "delete single"]);
      expect(stack.stored("many").outputs.ids).toEqual({ "other@renames.example": id });
      await nextRun();
      expect(await stack.up(single(more))).toEqual(["create single", "delete many"]);
      expect(stack.stored("single").id).toBe(id);
      await nextRun();
    }
    expect(await read(`/v1/members/${id}`)).toMatchObject({ status: "active" });
    await stack.up(surroundings);
    expect(await read(`/v1/members/${id}`)).toMatchObject({ status: "removed" });
  }, 60_000);
});

describe("a user whom a stack has left inactive", () => {
  const [first, second, renamed] = ["one", "two", "three"].map((name) => useProtocolStack(service, `stack-${name}`));
  const user = (more: Args = {}) => [declare("User", "ann", { email: "ann@left.example", invite: false, ...more })];

  test("is nobody's: another stack is told so, and adopts it without force", async () => {
    await first?.up(user());
    const id = first?.stored("ann").id;
    await first?.destroy();
    await expect(second?.up(user())).rejects.toThrow(
      /user usr_\w+\. It is inactive, and no stack manages it any more\. Declare that one with `adopt`/,
    );
    await second?.up(user({ adopt: true, adopts: {} }));
    expect(second?.stored("ann").id).toBe(id);
    await second?.destroy();
    expect(await read(`/v1/users/${id}`)).toMatchObject({ state: "inactive", externalId: null });
    await renamed?.up(user({ adopt: true, adopts: {} }));
    expect(renamed?.stored("ann").id).toBe(id);
  });

  test("stays a stack's that declares it inactive", async () => {
    await renamed?.up(user({ adopt: true, adopts: {}, state: "inactive" }));
    await expect(second?.up(user({ adopt: true, adopts: {} }))).rejects.toThrow(/another stack manages usr_/);
  });
});
