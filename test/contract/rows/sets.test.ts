/** The list of members as a CSV file. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { membersFromCsv } from "../../../provider/program/csv/csv.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import type { Client } from "../support/client.ts";
import { makeScenario, type Scenario } from "../support/scenario.ts";
import { onEachDatabase } from "../support/service.ts";

const csv = { accept: "text/csv" };

async function exported({ owner, path }: Scenario, query = {}, client: Client = owner): Promise<string[]> {
  const response = await client.send("listMembers", { path, query, headers: csv });
  expect(response.statusCode, response.body).toBe(200);
  expect(response.headers["content-type"]).toBe("text/csv; charset=utf-8");
  expect(response.body.endsWith("\r\n")).toBe(true);
  return response.body.slice(0, -2).split("\r\n");
}

async function join({ owner, path, organization }: Scenario, user: object, role: string): Promise<string> {
  const body = { kind: "system" as const, homeOrganization: organization.id, email: "", ...user };
  const made = await owner.do("createUser", { body });
  return (await owner.do("createMembership", { path, body: { user: made.id, role } })).id;
}

onEachDatabase("C6 members as CSV", (service) => {
  test("have their names and their roles' names, the oldest first, and only those who have not ended", async () => {
    const scenario = await makeScenario(service());
    const role = await scenario.role("flows:read");
    await join(scenario, { email: "Ada@csv.example", givenName: "Ada", familyName: "Lovelace" }, "viewer");
    const ended = await join(scenario, { email: "eve@csv.example" }, "viewer");
    await join(scenario, { email: "bob@csv.example", familyName: "B" }, role.id);
    await scenario.owner.do("endMembership", { path: { membershipId: ended } });
    expect(await exported(scenario)).toEqual([
      "email,given_name,family_name,role",
      "Ada@csv.example,Ada,Lovelace,viewer",
      `bob@csv.example,,B,${role.name}`,
    ]);
    expect(await exported(scenario, { status: "removed" })).toEqual([
      "email,given_name,family_name,role",
      "eve@csv.example,,,viewer",
    ]);
    expect(await exported(scenario, { email: "ADA@csv.example" })).toHaveLength(2);
  });

  test("quote what has to be quoted, and let no spreadsheet run a name", async () => {
    const scenario = await makeScenario(service());
    await join(
      scenario,
      { email: "+q@csv.example", givenName: '=HYPERLINK("x")', familyName: "O'Hara, of -1" },
      "viewer",
    );
    await join(scenario, { email: "r@csv.example", givenName: "'@sum", familyName: "two lines" }, "viewer");
    // From before a name had to be one line.
    const family_name = "two\nlines";
    await service().database.updateTable("users").set({ family_name }).where("email", "=", "r@csv.example").execute();
    const response = await scenario.owner.send("listMembers", { path: scenario.path, headers: csv });
    expect(response.body).toBe(
      "email,given_name,family_name,role\r\n" +
        `'+q@csv.example,"'=HYPERLINK(""x"")","O'Hara, of -1",viewer\r\n` +
        `r@csv.example,''@sum,"two\nlines",viewer\r\n`,
    );
  });

  test("T11 are read back as the names that they were made with, whatever is in them", async () => {
    const scenario = await makeScenario(service());
    const { owner, organization, path: at } = scenario;
    const odd = fc
      .array(fc.constantFrom(...["=", "+", "-", "@", "'", '"', ",", ";", "\t", "\n", "\r", " ", "\u00a0", "é", "a"]))
      .map((all) => all.join(""));
    const name = fc.option(
      fc.oneof(odd, fc.string({ unit: "grapheme" }), fc.constantFrom("Null", "007", "sep=,", "\u202eAda", "B\uFFFD")),
      { nil: undefined },
    );
    const role = await owner.do("createRole", {
      path: at,
      body: { name: '=Ops, "live" ', permissions: ["flows:read"] },
    });
    const expected: Record<string, unknown> = {};
    const made = fc.sample(fc.record({ givenName: name, familyName: name, isOwn: fc.boolean() }), 500);
    for (const [count, { isOwn, ...names }] of made.entries()) {
      // A part of an address that a spreadsheet would run as well.
      const email = `${["", "=", "+", "-", "'"][count % 5]}p${count}.${organization.slug}@csv.example`;
      const body = { email, kind: "system" as const, homeOrganization: organization.id, ...names };
      const user = await owner.send("createUser", { body });
      // What the contract doesn't take can't be lost.
      if (user.statusCode !== 201) {
        continue;
      }
      await owner.do("createMembership", {
        path: at,
        body: { user: user.json().id, role: isOwn ? role.id : "viewer" },
      });
      const given = Object.fromEntries(Object.entries(names).filter(([, value]) => value !== undefined));
      const named = isOwn ? role.name : "viewer";
      expected[email] = Object.keys(given).length === 0 ? named : { role: named, ...given };
      if (Object.keys(expected).length === 30) {
        break;
      }
    }
    expect(Object.keys(expected)).toHaveLength(30);
    const folder = temporaryFolder();
    const file = path.join(folder, "members.csv");
    const { body } = await owner.send("listMembers", { path: at, headers: csv });
    for (const content of [body, `\uFEFF${body}`]) {
      writeFileSync(file, content);
      expect(membersFromCsv(file, { roles: [role.name] })).toEqual(expected);
    }
  });

  test("come whole, over as many pages as it takes, and only the header where there are none", async () => {
    const scenario = await makeScenario(service());
    expect(await exported(scenario)).toEqual(["email,given_name,family_name,role"]);
    const at = service().now();
    const ids = Array.from({ length: 2001 }, (_, at) => at.toString(16).padStart(32, "0"));
    const stamped = { created_by: "owner", created_at: at, updated_at: at };
    const tag = scenario.organization.id.slice(-8);
    for (let from = 0; from < ids.length; from += 500) {
      const some = ids.slice(from, from + 500).map((id) => `${tag}${id.slice(8)}`);
      await service()
        .database.insertInto("users")
        .values(
          some.map((id) => ({
            ...stamped,
            id: `usr_${id}`,
            email: `u${id}@csv.example`,
            email_normalized: `u${id}@csv.example`,
            kind: "system",
            system_role: "none",
            state: "active",
          })) as never,
        )
        .execute();
      await service()
        .database.insertInto("memberships")
        .values(
          some.map((id) => ({
            ...stamped,
            id: `mbr_${id}`,
            organization_id: scenario.organization.id,
            user_id: `usr_${id}`,
            member_live: `${scenario.organization.id}/${id}`,
            role: "viewer",
            status: "active",
          })) as never,
        )
        .execute();
    }
    const lines = await exported(scenario, { limit: 1 });
    expect(lines).toHaveLength(2002);
    expect(new Set(lines).size).toBe(2002);
  });

  test("are for who asks for CSV rather than JSON, and may read members", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const typeFor = async (accept: string) => {
      const response = await owner.send("listMembers", { path, headers: { accept } });
      return String(response.headers["content-type"]).split(";")[0];
    };
    expect(await typeFor("text/csv, */*;q=0.1")).toBe("text/csv");
    expect(await typeFor("application/json;q=0.5, Text/CSV")).toBe("text/csv");
    for (const accept of ["*/*", "application/json", "application/json, text/csv", "text/csv;q=0", "text/html"]) {
      expect(await typeFor(accept), accept).toBe("application/json");
    }
    const nobody = await scenario.withPermissions();
    await nobody.refused("permission_denied", "listMembers", { path, headers: csv });
    const stranger = (await makeScenario(service())).withPermissions("members:read");
    await (await stranger).refused("not_found", "listMembers", { path, headers: csv });
  });

  test("an account that a membership makes has the names that it gives", async () => {
    const { owner, path } = await makeScenario(service());
    const email = "made@csv.example";
    const names = { givenName: "Grace", familyName: "Hopper" };
    const body = { email, role: "viewer", onUnknownUser: "create" as const, ...names };
    const { user } = await owner.do("createMembership", { path, body });
    expect(await owner.do("getUser", { path: { userId: user ?? "" } })).toMatchObject(names);
  });
});
