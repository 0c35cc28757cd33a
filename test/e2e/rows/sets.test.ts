/**
 * Sets of many members and assignees, on the real engine: one stack, whose steps follow one another. What is the provider's
 * own in them is tried in test/protocol/sets.test.ts.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { OrganizationMembers } from "../../../provider/program/generated/index.ts";
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
/** Another organization, which is there before the stack, and somebody who is in it. */
let quiet: string;
const before = "before@sets.example";

beforeAll(async () => {
  quiet = String(
    (
      await service.ask("POST", "/v1/organizations", {
        slug: "quiet",
        name: "Quiet",
        subscription: enterprise.subscription,
      })
    ).body.id,
  );
  await service.ask("POST", "/v1/users", { email: before, kind: "system" });
  await service.ask("POST", `/v1/organizations/${quiet}/members`, { email: before, role: "operator" });
});

const surroundings: readonly Declaration[] = [
  { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } },
  {
    kind: "Role",
    name: "releases",
    args: { organization: the("acme"), name: "Release manager", permissions: ["flows:read", "flows:run"] },
  },
  { kind: "ApiKey", name: "storefront", args: { organization: the("acme"), name: "Storefront", kind: "server" } },
];

/** The set of members, from its file. */
function members(): Declaration {
  const args = {
    organization: the("acme"),
    members: { $members: "members.csv", roles: ["Release manager"] },
    roles: { "Release manager": the("releases") },
    onUnknownUser: "create",
    mode: "authoritative",
    ignore: ["*@bots.example"],
  };
  return { kind: "OrganizationMembers", name: "staff", args };
}

/** The set of assignees, the same way. */
function assignees(): Declaration {
  const args = { key: the("storefront"), assignees: { $assignees: "assignees.csv" }, mode: "authoritative" };
  return { kind: "ApiKeyAssignees", name: "storefront", args, after: ["staff"] };
}

/** Two sets of the other organization: one whose whole map is secret, and one that adopts. */
function quietSets(): Declaration[] {
  const hidden = { $secret: { "Hidden@sets.example": "administrator" } };
  return [
    {
      kind: "OrganizationMembers",
      name: "hidden",
      args: { organization: quiet, members: hidden, onUnknownUser: "create" },
    },
    {
      kind: "OrganizationMembers",
      name: "before",
      args: { organization: quiet, members: { [before]: "viewer" }, adopt: true },
    },
  ];
}

function write(file: string, lines: readonly Line[]): void {
  const rows = ["email,given_name,role", ...lines.map((line) => line.join(","))];
  writeFileSync(path.join(stack.folder, file), `${rows.join("\n")}\n`);
}

/** Who is in, as the API has it: the role by address. */
const membersNow = () => service.rolesIn(organization);
const membershipOf = (address: string) => service.membershipIn(organization, address);

async function assigneesNow(): Promise<string[]> {
  const key = await stack.idOf("ApiKey", "storefront");
  return (await service.list(`/v1/api-keys/${key}/assignments`)).map(({ email }) => String(email)).toSorted();
}

function addressesOf(lines: readonly Line[]): string[] {
  return lines.map(([address]) => address).toSorted();
}

/** Runs `up`. @returns what it shows of its steps before the first of them */
async function up(...args: string[]): Promise<string> {
  const { output } = await stack.succeed("up", "--yes", "--diff", ...args);
  const [shown = ""] = output.split(/^Updating /m);
  return shown;
}

/** What the first `up` shows. */
let shownFirst = "";

test("C6 C10 sets of 40 members and of 21 assignees, each from a CSV file, are made by up", async () => {
  write("members.csv", [administrator, ...people]);
  write("assignees.csv", [administrator, ...people.slice(1, 21)]);
  stack.declare([...surroundings, members(), assignees(), ...quietSets()]);
  shownFirst = await up();
  const shown = shownFirst;
  expect(shown).toMatch(/p0@sets\.example *: \{/);
  expect(shown).toMatch(/p1@sets\.example *: "member"/);
  organization = await stack.idOf("Organization", "acme");
  const now = await membersNow();
  expect(Object.keys(now)).toHaveLength(40);
  expect(now["p0@sets.example"]).toBe(await stack.idOf("Role", "releases"));
  expect(now["p1@sets.example"]).toBe("viewer");
  const [ada] = await service.list("/v1/users?email=ada@sets.example");
  expect(ada).toMatchObject({ givenName: "Ada", status: "invited", homeOrganization: organization });
  expect(await assigneesNow()).toEqual(addressesOf([administrator, ...people.slice(1, 21)]));
});

test("C6 a state keeps of each entry its id, and the stack's name for it is the set's and the address", async () => {
  const { outputs = {} } = await stack.resource("OrganizationMembers", "staff");
  expect(Object.keys(outputs).toSorted()).toEqual(
    [
      ...[
        "__provider",
        "externalId",
        "ids",
        "ignore",
        "maxRemovalFraction",
        "members",
        "minAdmins",
        "mode",
        "onUnknownUser",
      ],
      ...["organization", "others", "roles", "__run", "__service", "__stateVersion"],
    ].toSorted(),
  );
  const ids = outputs.ids as Readonly<Record<string, unknown>> | undefined;
  expect(JSON.stringify(ids).length / 40).toBeLessThan(80);
  const { id, externalId } = await membershipOf("p1@sets.example");
  expect(ids?.["p1@sets.example"]).toBe(id);
  expect(externalId).toBe(`${String(outputs.externalId)}/p1@sets.example`);
});

test("C6 C10 who is changed, added or gone in the files, and what somebody else has added, changed or ended, is shown and sent as such, and nothing else", async () => {
  write("members.csv", [
    administrator,
    ...people.slice(1).map((line): Line => (line[0] === "p1@sets.example" ? [line[0], line[1], "editor"] : line)),
  ]);
  write("assignees.csv", people.slice(1, 22));
  const [p30, p31] = [await membershipOf("p30@sets.example"), await membershipOf("p31@sets.example")];
  await service.ask("DELETE", `/v1/members/${p30.id}`);
  await service.ask("PATCH", `/v1/members/${p31.id}`, { role: "operator" });
  for (const email of ["stranger@elsewhere.example", "robot@bots.example"]) {
    await service.ask("POST", "/v1/users", { email, kind: "system" });
    await service.ask("POST", `/v1/organizations/${organization}/members`, { email, role: "viewer" });
  }
  const assignments = `/v1/api-keys/${await stack.idOf("ApiKey", "storefront")}/assignments`;
  const [first] = (await service.list(assignments)).filter(({ email }) => email !== "ada@sets.example");
  await service.ask("DELETE", `/v1/api-key-assignments/${first?.id}`);
  await service.ask("POST", assignments, { email: "p38@sets.example" });

  relay.requests.length = 0;
  const shown = await up("--refresh");
  // Nothing of the surroundings, which the first `up` has left as they are declared.
  expect(shown).toMatch(/~ 2 to update$/m);
  expect(shown).toMatch(/- p0@sets\.example *: \{/);
  expect(shown).toMatch(/~ role *: "viewer" => "editor"/);
  expect(shown).toMatch(/\+ p30@sets\.example *: \{/);
  expect(shown).toMatch(/~ role *: "operator" => "viewer"/);
  expect(shown).toMatch(/- stranger@elsewhere\.example *: "viewer"/);
  expect(shown).not.toContain("robot@bots.example");
  expect(shown).not.toMatch(/[-+~] p2@sets\.example/);
  expect(shown).toMatch(/- ada@sets\.example *: "member"/);
  expect(shown).toMatch(/- p38@sets\.example *: "member"/);
  expect(shown).toMatch(/\+ p21@sets\.example *: "member"/);
  expect(shown).toMatch(new RegExp(`\\+ ${String(first?.email)} *: "member"`));
  const changes = relay.requests.filter((request) => !request.startsWith("GET "));
  const shapes = changes.map((request) => request.split("?")[0]?.replaceAll(/_\w+/g, "_id"));
  expect(shapes.toSorted()).toEqual([
    ...Array(2).fill("DELETE /v1/api-key-assignments/asg_id"),
    ...Array(2).fill("DELETE /v1/members/mbr_id"),
    ...Array(2).fill("PATCH /v1/members/mbr_id"),
    ...Array(2).fill("POST /v1/api-keys/key_id/assignments"),
    "POST /v1/organizations/org_id/members",
  ]);
  const now = await membersNow();
  expect(now).toMatchObject({
    "p1@sets.example": "editor",
    "p30@sets.example": await stack.idOf("Role", "releases"),
    "p31@sets.example": "viewer",
    "robot@bots.example": "viewer",
  });
  expect(now).not.toHaveProperty(["p0@sets.example"]);
  expect(now).not.toHaveProperty(["stranger@elsewhere.example"]);
  expect(await assigneesNow()).toEqual(addressesOf(people.slice(1, 22)));
});

test("a set shows how it adopts, and one whose whole map is secret nothing: in preview, state or outputs, also after a refresh", async () => {
  expect(shownFirst).toMatch(/before@sets\.example *: "operator => viewer"/);
  expect(shownFirst).toMatch(/members *: \[secret\]/);
  expect(shownFirst.toLowerCase()).not.toContain("hidden@");
  expect((await stack.exported()).text).not.toMatch(/hidden@/i);
  expect(await service.rolesIn(quiet)).toEqual({ [before]: "viewer", "hidden@sets.example": "administrator" });
  expect((await stack.roster("orphans")).output).toContain("No orphans");
});

test("destroy gives back what a set adopted", async () => {
  const { id, ...adopted } = await service.membershipIn(quiet, before);
  expect(adopted).toMatchObject({ role: "viewer", adopted: true });
  await stack.destroy();
  const { body } = await service.ask("GET", `/v1/members/${String(id)}`);
  expect(body).toMatchObject({ role: "operator", externalId: null });
});

// That a set and a single resource for one person are refused is in test/unit/parts.test.ts.
test("an address twice is refused where the set is declared", () => {
  const twice = { "Ada@sets.example": "viewer", "ada@sets.example": "administrator" };
  expect(() => new OrganizationMembers("staff", { organization, members: twice })).toThrow(
    "OrganizationMembers staff has ada@sets.example twice, in different cases",
  );
});
