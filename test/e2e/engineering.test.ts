/** examples/engineering on the real engine: members and assignees from CSV files, and the service's file of them. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { account } from "../contract/support/pages.ts";
import { useService, useStack } from "./fixtures.ts";

const service = useService();
const stack = useStack("examples/engineering", service);

const emails = (names: readonly string[]) => names.map((name) => `${name}@engineering.example`);
const staff = emails(["mary", "hedy", "lillian", "emily", "edith"]);
const guest = "olive@visitors.example";

async function membersOf(): Promise<Record<string, Record<string, unknown>>> {
  const organization = await stack.idOf("Organization", "engineering");
  const members = await service.list(`/v1/organizations/${organization}/members`);
  return Object.fromEntries(members.map((member) => [String(member.email), member]));
}

test("C2 C3 C19 users, invitations and Web APIs are listed", async () => {
  await stack.up();
  const { users, invitations, webApis } = await stack.outputs();
  expect((users as string[]).toSorted()).toEqual(staff.toSorted());
  expect(invitations).toEqual([guest]);
  expect(webApis).toEqual(["Results API"]);
});

/** How many keys each member has. */
async function counts(): Promise<Record<string, unknown>> {
  const members = Object.values(await membersOf());
  return Object.fromEntries(members.map(({ email, apiKeyCount }) => [String(email).split("@")[0], apiKeyCount]));
}
const others = { mary: 0, lillian: 1, emily: 0, edith: 0, olive: 0 };

test("C9 one user has two keys; detaching one leaves the key, and the other one attached", async () => {
  expect(await counts()).toEqual({ hedy: 2, ...others });
  const assignment = await stack.idOf("ApiKeyAssignment", "hedy");
  expect((await service.ask("DELETE", `/v1/api-key-assignments/${assignment}`)).status).toBe(204);
  expect(await counts()).toEqual({ hedy: 1, ...others });
  const key = await service.ask("GET", `/v1/api-keys/${await stack.idOf("ApiKey", "results")}`);
  expect(key.body).toMatchObject({ status: "active", assignees: [] });
});

test("C4 C8 who is invited accepts on the page, is a member, and can't work without a key", async () => {
  const { statusCode } = await service.browser().submit(await service.mailedLink(guest), account);
  expect(statusCode).toBe(303);
  const { [guest]: member } = await membersOf();
  expect(member).toMatchObject({ status: "active", userStatus: "active", role: "viewer", operational: false });
  const checks = `/v1/organizations/${await stack.idOf("Organization", "engineering")}/access-checks`;
  expect((await service.ask("POST", checks, { user: member?.user })).body.code).toBe("no_api_key");
});

test("C6 C7 C9 the file that the service exports changes nothing, what was detached is attached again; who has accepted has moved to the users", async () => {
  const organization = await stack.idOf("Organization", "engineering");
  const response = await fetch(`${service.endpoint}/v1/organizations/${organization}/members`, {
    headers: { authorization: `Bearer ${service.token}`, accept: "text/csv" },
  });
  expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  const exported = await response.text();
  expect(exported).toMatch(/^email,given_name,family_name,role\r\n/);
  expect(exported).toContain("hedy@engineering.example,Hedy,Lamarr,simulation-engineer\r\n");
  // The guest is declared by herself.
  const ofStaff = exported.replace(/^olive@.*\r\n/m, "");
  expect(ofStaff).not.toBe(exported);
  writeFileSync(path.join(stack.folder, "members.csv"), ofStaff);
  expect(await stack.apply("--refresh")).toEqual(["create ApiKeyAssignment hedy"]);
  expect(await counts()).toEqual({ hedy: 2, ...others });
  const { users, invitations } = await stack.outputs();
  expect((users as string[]).toSorted()).toEqual([...staff, guest].toSorted());
  expect(invitations).toEqual([]);
});

test("destroy leaves nobody in", async () => {
  const organization = await stack.idOf("Organization", "engineering");
  await stack.destroy();
  const members = await service.list(`/v1/organizations/${organization}/members?status=all`);
  expect(new Set(members.map(({ status }) => status))).toEqual(new Set(["removed"]));
});
