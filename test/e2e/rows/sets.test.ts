/** Sets of many members and assignees, on the real engine. Each file shares one stack, whose steps follow one another. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { useRelay, useService, useStack } from "../fixtures.ts";
import { type Declaration, enterprise, the } from "../kinds.ts";

/** A line of the CSV file. */
type Line = readonly [address: string, givenName: string, role: string];

const administrator: Line = ["ada@sets.example", "Ada", "administrator"];
const people: readonly Line[] = Array.from({ length: 39 }, (_, at): Line => {
  return [`p${at}@sets.example`, `P${at}`, at % 3 === 0 ? "Release manager" : "viewer"];
});

const service = useService();
const relay = useRelay(service);
const stack = useStack("test/e2e/programs/kinds", relay);
let organization: string;

const surroundings: readonly Declaration[] = [
  { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } },
  {
    kind: "Role",
    name: "releases",
    args: { organization: the("acme"), name: "Release manager", permissions: ["flows:read", "flows:run"] },
  },
  { kind: "ApiKey", name: "storefront", args: { organization: the("acme"), name: "Storefront", kind: "server" } },
];

/** Declares the surroundings, and the sets with these arguments besides; with undefined, none of them. */
function declare(more?: Readonly<Record<string, unknown>>, ofKey?: Readonly<Record<string, unknown>>): void {
  const members: Declaration = {
    kind: "OrganizationMembers",
    name: "staff",
    args: {
      organization: the("acme"),
      members: { $members: "members.csv", roles: ["Release manager"] },
      roles: { "Release manager": the("releases") },
      onUnknownUser: "create",
      ...more,
    },
  };
  const assignees: Declaration = {
    kind: "ApiKeyAssignees",
    name: "storefront",
    args: { key: the("storefront"), assignees: { $assignees: "assignees.csv" }, ...ofKey },
    after: ["staff"],
  };
  const sets = more === undefined ? [] : [members, ...(ofKey === undefined ? [] : [assignees])];
  stack.declare([...surroundings, ...sets]);
}

function write(file: string, lines: readonly Line[]): void {
  const rows = ["email,given_name,role", ...lines.map((line) => line.join(","))];
  writeFileSync(path.join(stack.folder, file), `${rows.join("\n")}\n`);
}

/** Who is in, as the API has it: the role by address. */
async function membersNow(): Promise<Record<string, unknown>> {
  const active = await service.list(`/v1/organizations/${organization}/members?status=active`);
  return Object.fromEntries(active.map(({ email, role }) => [String(email), role]));
}

async function membershipOf(address: string): Promise<Record<string, unknown>> {
  const [found] = await service.list(`/v1/organizations/${organization}/members?status=active&email=${address}`);
  return found ?? {};
}

/** What a preview prints of the set. */
async function previewed(): Promise<string> {
  return (await stack.succeed("preview", "--diff")).output;
}

test("C6 a set of 40 people from a CSV file is made by up, and the second preview is empty", async () => {
  write("members.csv", [administrator, ...people]);
  declare({});
  const shown = await previewed();
  expect(shown).toMatch(/p0@sets\.example *: \{/);
  await stack.up();
  organization = await stack.idOf("Organization", "acme");
  const now = await membersNow();
  expect(Object.keys(now)).toHaveLength(40);
  expect(now["p0@sets.example"]).toBe(await stack.idOf("Role", "releases"));
  expect(now["p1@sets.example"]).toBe("viewer");
  const [ada] = await service.list("/v1/users?email=ada@sets.example");
  expect(ada).toMatchObject({ givenName: "Ada", status: "invited", homeOrganization: organization });
  expect(await stack.preview()).toEqual([]);
  await stack.refresh();
  expect(await stack.preview()).toEqual([]);
});

test("C6 a state keeps of each entry its id, and the stack's name for it is the set's and the address", async () => {
  const { outputs = {} } = await stack.resource("OrganizationMembers", "staff");
  expect(Object.keys(outputs).toSorted()).toEqual(
    [
      ...["__provider", "externalId", "ids", "maxRemovalFraction", "members", "minAdmins", "mode", "onUnknownUser"],
      ...["organization", "others", "roles", "__stateVersion"],
    ].toSorted(),
  );
  const ids = outputs.ids as Readonly<Record<string, unknown>> | undefined;
  expect(JSON.stringify(ids).length / 40).toBeLessThan(80);
  const { id, externalId } = await membershipOf("p1@sets.example");
  expect(ids?.["p1@sets.example"]).toBe(id);
  expect(externalId).toBe(`${String(outputs.externalId)}/p1@sets.example`);
  const { output } = await stack.roster("orphans");
  expect(output).toContain("No orphans");
});

test("C6 one changed and one removed are shown and sent as such, and nothing else", async () => {
  write("members.csv", [
    administrator,
    ...people.slice(1).map((line): Line => (line[0] === "p1@sets.example" ? [line[0], line[1], "editor"] : line)),
  ]);
  const shown = await previewed();
  expect(shown).toMatch(/- p0@sets\.example *: \{/);
  expect(shown).toMatch(/~ role *: "viewer" => "editor"/);
  expect(shown).not.toMatch(/[-+~] p2@sets\.example/);
  relay.requests.length = 0;
  await stack.up();
  expect(relay.requests.filter((request) => !request.startsWith("GET "))).toEqual([
    expect.stringMatching(/^PATCH \/v1\/members\/mbr_/),
    expect.stringMatching(/^DELETE \/v1\/members\/mbr_/),
  ]);
  const now = await membersNow();
  expect(now["p0@sets.example"]).toBeUndefined();
  expect(now["p1@sets.example"]).toBe("editor");
  expect(await stack.preview()).toEqual([]);
});

test("what somebody else has changed or ended is seen by refresh and repaired by up", async () => {
  const [p2, p3] = [await membershipOf("p2@sets.example"), await membershipOf("p3@sets.example")];
  await service.ask("PATCH", `/v1/members/${p2.id}`, { role: "operator" });
  await service.ask("DELETE", `/v1/members/${p3.id}`);
  await stack.refresh();
  const shown = await previewed();
  expect(shown).toMatch(/~ role *: "operator" => "viewer"/);
  expect(shown).toMatch(/\+ p3@sets\.example *: \{/);
  await stack.up();
  expect(await membersNow()).toMatchObject({
    "p2@sets.example": "viewer",
    "p3@sets.example": await stack.idOf("Role", "releases"),
  });
  expect(await stack.preview()).toEqual([]);
});

test("what somebody else has changed since the last refresh is not overwritten", async () => {
  const p4 = await membershipOf("p4@sets.example");
  await service.ask("PATCH", `/v1/members/${p4.id}`, { role: "operator" });
  stack.edit("members.csv", "p4@sets.example,P4,viewer", "p4@sets.example,P4,editor");
  const output = await stack.fail("up", "--yes", "--skip-preview");
  expect(output).toContain("p4@sets.example: it was changed since the last refresh (role viewer => operator)");
  expect((await membersNow())["p4@sets.example"]).toBe("operator");
  await stack.refresh();
  await stack.up();
  expect((await membersNow())["p4@sets.example"]).toBe("editor");
});

test("a failure half-way keeps what is done, names what isn't, and the next up finishes", async () => {
  const newcomers = Array.from({ length: 30 }, (_, at): Line => [`n${at}@sets.example`, `N${at}`, "viewer"]);
  const before = readFileSync(path.join(stack.folder, "members.csv"), "utf8");
  writeFileSync(
    path.join(stack.folder, "members.csv"),
    before + newcomers.map((line) => `${line.join(",")}\n`).join(""),
  );
  declare({ onUnknownUser: "fail" });
  // Eight of them have an account: only those can be added.
  for (const [email] of newcomers.slice(0, 8)) {
    await service.ask("POST", "/v1/users", { email, invite: false });
  }
  const output = await stack.fail("up", "--yes", "--skip-preview");
  expect(output).toContain("22 members are not as declared");
  expect(output.match(/n\d+@sets\.example: user_not_found: /g)).toHaveLength(20);
  expect(output).toContain("and 2 more that failed");
  expect(Object.keys(await membersNow()).filter((address) => address.startsWith("n"))).toHaveLength(8);
  declare({ onUnknownUser: "create" });
  relay.requests.length = 0;
  relay.batches.length = 0;
  await stack.up();
  expect(relay.requests.filter((request) => request.startsWith("POST "))).toHaveLength(22);
  expect(relay.batches).toEqual([22]);
  expect(Object.keys(await membersNow()).filter((address) => address.startsWith("n"))).toHaveLength(30);
  expect(await stack.preview()).toEqual([]);
  writeFileSync(path.join(stack.folder, "members.csv"), before);
  declare({ maxRemovalFraction: 1 });
  await stack.up();
});

test("removing too many at once, or the last administrator, is refused at preview, with numbers", async () => {
  const before = readFileSync(path.join(stack.folder, "members.csv"), "utf8");
  declare({});
  write("members.csv", [administrator, ...people.slice(15)]);
  expect(await stack.fail("preview")).toMatch(
    /maxRemovalFraction: 14 of 39 members would be removed at once, and it allows 9: .* set maxRemovalFraction to 0\.36/,
  );
  write("members.csv", people.slice(1));
  expect(await stack.fail("preview")).toContain("minAdmins: 0 administrators would be left in members, and it is 1");
  writeFileSync(path.join(stack.folder, "members.csv"), before);
});

describe("authoritative", () => {
  const strangers = ["stranger@elsewhere.example", "robot@bots.example"];

  test("removes nobody at first, and shows after a refresh whom it will remove, but for whom it ignores", async () => {
    for (const email of strangers) {
      await service.ask("POST", "/v1/users", { email, kind: "system" });
      await service.ask("POST", `/v1/organizations/${organization}/members`, { email, role: "viewer" });
    }
    declare({ mode: "authoritative", ignore: ["*@bots.example"] });
    await stack.up();
    expect(Object.keys(await membersNow())).toEqual(expect.arrayContaining(strangers));
    await stack.refresh();
    const shown = await previewed();
    expect(shown).toMatch(/- stranger@elsewhere\.example *: "viewer"/);
    expect(shown).not.toContain("robot@bots.example");
  });

  test("is refused where somebody came whom the last refresh didn't see, and changes nothing", async () => {
    const email = "late@elsewhere.example";
    await service.ask("POST", "/v1/users", { email, kind: "system" });
    await service.ask("POST", `/v1/organizations/${organization}/members`, { email, role: "viewer" });
    const output = await stack.fail("up", "--yes", "--skip-preview");
    expect(output).toContain("1 members are there that the last refresh didn't see: late@elsewhere.example.");
    expect(output).toContain("pulumi refresh");
    expect(Object.keys(await membersNow())).toEqual(expect.arrayContaining([...strangers, email]));
    await stack.refresh();
    await stack.up();
    const now = Object.keys(await membersNow());
    expect(now).toContain("robot@bots.example");
    expect(now).not.toContain("stranger@elsewhere.example");
    expect(now).not.toContain(email);
    expect(await stack.preview()).toEqual([]);
  });

  test("guards its own though it ignores them, and not whom a refresh has found and it ignores", async () => {
    const guests = Array.from({ length: 6 }, (_, at) => `g${at}@guests.example`);
    for (const email of guests) {
      await service.ask("POST", "/v1/users", { email, kind: "system" });
      await service.ask("POST", `/v1/organizations/${organization}/members`, { email, role: "viewer" });
    }
    await stack.refresh();
    const given = { mode: "authoritative", maxRemovalFraction: 0 };
    declare({ ...given, ignore: ["*@bots.example"] });
    expect(await stack.fail("preview")).toContain("maxRemovalFraction: 6 of ");
    const ignore = ["*@bots.example", "*@guests.example", "*@sets.example"];
    declare({ ...given, ignore });
    await stack.up();
    expect(Object.keys(await membersNow())).toEqual(expect.arrayContaining(guests));
    const before = readFileSync(path.join(stack.folder, "members.csv"), "utf8");
    write("members.csv", [administrator]);
    expect(await stack.fail("preview")).toMatch(/maxRemovalFraction: 38 of 39 members would be removed at once/);
    writeFileSync(path.join(stack.folder, "members.csv"), before);
    expect(await stack.preview()).toEqual([]);
  });

  test("turned additive again, leaves everybody who is there", async () => {
    const before = await membersNow();
    declare({});
    await stack.up();
    expect(await membersNow()).toEqual(before);
    expect(await stack.preview()).toEqual([]);
  });
});

describe("assignees of a key", () => {
  const assigned = async () => {
    const key = await stack.idOf("ApiKey", "storefront");
    return (await service.list(`/v1/api-keys/${key}/assignments`)).map(({ email }) => String(email)).toSorted();
  };

  test("C10 a CSV file attaches one key to many users, and only who is added or gone is sent", async () => {
    write("assignees.csv", [administrator, ...people.slice(1, 21)]);
    declare({}, {});
    expect(await previewed()).toMatch(/p1@sets\.example *: "member"/);
    await stack.up();
    expect(await assigned()).toHaveLength(21);
    expect(await stack.preview()).toEqual([]);
    write("assignees.csv", people.slice(1, 22));
    relay.requests.length = 0;
    await stack.up();
    expect(
      relay.requests.filter((request) => !request.startsWith("GET ")).map((request) => request.split("?")[0]),
    ).toEqual([
      expect.stringMatching(/^POST \/v1\/api-keys\/key_\w+\/assignments$/),
      expect.stringMatching(/^DELETE \/v1\/api-key-assignments\/asg_\w+$/),
    ]);
    expect(await assigned()).toEqual(
      people
        .slice(1, 22)
        .map(([address]) => address)
        .toSorted(),
    );
  });

  test("what somebody else has attached or detached is seen by refresh and repaired by up", async () => {
    const key = await stack.idOf("ApiKey", "storefront");
    declare({}, { mode: "authoritative" });
    await stack.up();
    const [first] = await service.list(`/v1/api-keys/${key}/assignments`);
    await service.ask("DELETE", `/v1/api-key-assignments/${first?.id}`);
    await service.ask("POST", `/v1/api-keys/${key}/assignments`, { email: "ada@sets.example" });
    await stack.refresh();
    const shown = await previewed();
    expect(shown).toMatch(/- ada@sets\.example *: "member"/);
    expect(shown).toMatch(new RegExp(`\\+ ${String(first?.email)} *: "member"`));
    await stack.up();
    expect(await assigned()).toEqual(
      people
        .slice(1, 22)
        .map(([address]) => address)
        .toSorted(),
    );
    expect(await stack.preview()).toEqual([]);
  });
});

test("a set and a single resource for one person, or an address twice, are refused before anything is asked", async () => {
  declare({});
  const declarations: Declaration[] = JSON.parse(readFileSync(path.join(stack.folder, "resources.json"), "utf8"));
  const single: Declaration = {
    kind: "Membership",
    name: "single",
    args: { organization: the("acme"), email: "P5@sets.example", role: "viewer" },
  };
  stack.declare([...declarations, single]);
  expect(await stack.fail("preview")).toContain(
    "Membership single declares p5@sets.example, and so does OrganizationMembers staff: each would undo what the other does.",
  );
  declare({ members: { "Ada@sets.example": "viewer", "ada@sets.example": "administrator" }, minAdmins: 0 });
  expect((await stack.run("preview")).output).toContain("has ada@sets.example twice, in different cases");
});

test("a set whose whole map is secret shows nothing of it, in preview, state or outputs", async () => {
  declare({ members: { $secret: { "Hidden@sets.example": "administrator" } }, maxRemovalFraction: 1 });
  const shown = await previewed();
  expect(shown).toMatch(/members *: \[secret\]/);
  expect(shown.toLowerCase()).not.toContain("hidden@");
  await stack.up();
  await stack.refresh();
  expect((await stack.exported()).text).not.toMatch(/hidden@/i);
  expect(await stack.preview()).toEqual([]);
  expect(Object.keys(await membersNow())).toContain("hidden@sets.example");
  expect((await stack.roster("orphans")).output).toContain("No orphans");
});

test("destroy ends what the set made, and gives back what it adopted", async () => {
  declare();
  await stack.up();
  const email = "before@sets.example";
  await service.ask("POST", "/v1/users", { email, kind: "system" });
  const made = await service.ask("POST", `/v1/organizations/${organization}/members`, { email, role: "operator" });
  const members = { [email]: "viewer", "ada@sets.example": "administrator" };
  declare({ members });
  const refused = await stack.run("up", "--yes", "--skip-preview");
  expect(refused.output).toContain(`${email}: already_member`);
  expect(refused.output).toContain("Declare that one with `adopt`");
  declare({ members, adopt: true });
  await stack.up();
  expect(await membershipOf(email)).toMatchObject({ id: made.body.id, role: "viewer", adopted: true });
  expect(await membershipOf("ada@sets.example")).toMatchObject({ adopted: false });
  expect(await stack.preview()).toEqual([]);
  declare();
  await stack.up();
  expect(await membershipOf(email)).toMatchObject({ id: made.body.id, role: "operator", externalId: null });
  expect(Object.keys(await membersNow())).not.toContain("ada@sets.example");

  declare({ members, adopt: true });
  const inputs = await stack.previewedInputs();
  expect(inputs.staff?.adopts).toEqual({ [email]: "operator => viewer" });
  await stack.up();
  await stack.destroy();
  const { body } = await service.ask("GET", `/v1/members/${made.body.id}`);
  // The organization is closed with the rest: what it had is ended there, and not by the set.
  expect(body).toMatchObject({ role: "operator", externalId: null });
});
