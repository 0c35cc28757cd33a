/** The customer admin of an engineering product, from the mailed invitation to what is left after destroy. She acts by logging in. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { account } from "../../contract/support/pages.ts";
import { useService, useStack } from "../fixtures.ts";
import { setUpAccount, tryLogIn } from "../person.ts";

const [ada, hedy, ines, importer, mary, lillian] = [
  ...["ada@acme.example", "hedy@acme.example", "ines@acme.example", "importer@acme.example"],
  ...["mary@acme.example", "lillian@acme.example"],
] as const;
const [grace, dev, olive] = ["grace@partner.example", "dev@partner.example", "olive@visitors.example"] as const;
const staff = `email,given_name,family_name,role\n${mary},Mary,Shaw,viewer\n${lillian},Lillian,Schwartz,member\n`;

const manifest = `name: staff
organization: { existing: acme }
users:
  importer: { email: ${importer}, kind: system, role: viewer }
  ines: { email: ${ines}, role: member, invite: false }
members:
  grace: { email: ${grace}, role: viewer }
  olive: { email: ${olive}, role: viewer, onUnknownUser: invite }
  hedy: { email: ${hedy}, role: member, onUnknownUser: create, givenName: Hedy }
people: { onUnknownUser: invite, from: staff.csv }
apiKeys:
  simulation: { kind: server, assignees: { from: staff.csv } }
  reports: { kind: server, permissions: [organization:read], assignedTo: [importer, grace] }
  nightly: { kind: server, assignedTo: [importer, grace, olive, { email: ${dev}, external: true }] }
  results: { kind: webapi, secret: { random: { bytes: 32 } } }
`;

describe("the customer admin of an engineering product", () => {
  const service = useService();
  const stack = useStack("test/e2e/programs/administrator");
  let id = "";
  const declare = (text: string, file = "roster.yaml") => writeFileSync(path.join(stack.folder, file), text);
  const keyNamed = async (name: string) => (await service.list(`/v1/organizations/${id}/api-keys?name=${name}`))[0];
  const memberAt = (email: string) => service.membershipIn(id, email);
  async function canWork(email: string): Promise<unknown> {
    const { user } = await memberAt(email);
    const { status, body } = await service.ask("POST", `/v1/organizations/${id}/access-checks`, { user });
    return status === 200 ? "can work" : body.code;
  }

  beforeAll(async () => {
    const sold = { subscription: { plan: "enterprise" }, features: { externalApiAccess: true } };
    const acme = await service.ask("POST", "/v1/organizations", { slug: "acme", name: "Acme Inc.", ...sold });
    const rival = await service.ask("POST", "/v1/organizations", { slug: "rival", name: "Rival" });
    id = String(acme.body.id);
    const partner = await service.ask("POST", "/v1/users", { email: grace, invite: false });
    const invitation = { email: ada, role: "customer_admin", onUnknownUser: "invite" };
    const invited = await service.ask("POST", `/v1/organizations/${id}/members`, invitation);
    expect([acme, rival, partner, invited].map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    await stack.configure({ endpoint: service.endpoint });
  });

  test("A5 C1 is refused at preview what the role may not say: everything at its line, before anything is sent", async () => {
    await setUpAccount(service, ada);
    const { stdout: told } = await tryLogIn(service, stack, { email: ada, decision: "approve" });
    expect(told).toContain("  acme  customer_admin (Acme Inc.)\n");
    declare(staff, "staff.csv");
    // Another organization is not there for her. What a manifest that names it says is in test/unit/lookups.test.ts.
    const { stdout } = await stack.roster("whoami", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ organizations: [{ slug: "acme", role: "customer_admin" }] });
    declare(
      manifest
        .replace("members:\n", "roles:\n  deployer: { permissions: [flows:run] }\nmembers:\n")
        .replace(`${grace}, role: viewer`, `${grace}, role: administrator`),
    );
    const output = await stack.fail("preview");
    const ask = "Ask an administrator of the organization.";
    expect(output).toContain("error: 2 problems in the manifest:");
    expect(output).toContain(
      "roster.yaml:7:3: roles.deployer: creating a role requires the permission roles:manage in acme, which your role " +
        `customer_admin doesn't have. ${ask}`,
    );
    expect(output).toContain(
      "roster.yaml:9:48: members.grace.role: without the permission roles:assign, which your role customer_admin doesn't have, " +
        `you can give only the roles member and viewer in acme. ${ask}`,
    );
    expect(output.split("roles.deployer").length - 1, output).toBe(1);
  });

  test("C2 C3 C4 C5 C6 C8 C9 C10 C11 C12 C13 C16 C18 C19 A5 is previewed and applied", async () => {
    declare(manifest);
    const { output } = await stack.succeed("up", "--yes");
    expect(output).toMatch(/\+ (\d+) to create[\s\S]*\+ \1 created/);
    const { members, keyList } = (await stack.outputs()) as { members: object; keyList: { kind: string }[] };
    expect(members).toEqual({
      ...{ [ada]: "customer_admin, active", [importer]: "viewer, active", [ines]: "member, active" },
      ...{ [grace]: "viewer, active", [olive]: "viewer, pending", [hedy]: "member, active" },
      ...{ [mary]: "viewer, pending", [lillian]: "member, pending" },
    });
    expect(keyList.map(({ kind }) => kind).toSorted()).toEqual(["server", "server", "server", "webapi"]);
    expect(await memberAt(grace)).toMatchObject({ apiKeyCount: 2, operational: false });
    expect(await memberAt(importer)).toMatchObject({ apiKeyCount: 2, operational: true });
    expect(await canWork(hedy)).toBe("user_not_active");
    const { results } = await stack.keys();
    expect(results).toMatch(/^[0-9a-f]{64}$/);
    expect(await service.verify(results)).toMatchObject({ outcome: "accepted" });
  });

  test("C6 C7 C8 C9 C10 C11 C12 C15 C17 what people accept is no difference; she changes what the role may change", async () => {
    await setUpAccount(service, olive);
    await setUpAccount(service, mary);
    expect((await service.browser().submit(await service.mailedLink(dev), account)).statusCode).toBe(303);
    expect([await canWork(olive), await canWork(mary)]).toEqual(["can work", "can work"]);
    declare(staff.replace(/lillian.*\n/, ""), "staff.csv");
    stack.edit("roster.yaml", `${grace}, role: viewer`, `${grace}, role: member`);
    stack.edit("roster.yaml", "givenName: Hedy", "givenName: Hedy, resendInvite: 1");
    stack.edit("roster.yaml", "reports: { ", 'reports: { endDate: "2099-12-31", ');
    stack.edit("roster.yaml", "assignedTo: [importer, grace] }", "assignedTo: [grace] }");
    stack.edit("roster.yaml", `  ines: { email: ${ines}, role: member, invite: false }\n`, "");
    expect((await stack.apply("--refresh")).toSorted()).toEqual([
      "delete ApiKeyAssignment staff-reports-importer",
      "delete Membership staff-ines",
      "delete User staff-ines",
      "update ApiKey staff-reports",
      "update ApiKeyAssignees staff-simulation",
      "update Membership staff-grace",
      "update Membership staff-hedy",
      "update OrganizationMembers staff-people",
    ]);
    await setUpAccount(service, hedy);
    expect(await canWork(hedy)).toBe("no_api_key");
    expect(await keyNamed("reports")).toMatchObject({ endDate: "2099-12-31", assigneeCount: 1 });
    const assignees = JSON.stringify(await stack.plaintextOf("ApiKey", "staff-nightly", "assignees"));
    for (const email of [importer, grace, olive, dev]) {
      expect(assignees).toContain(email);
    }
  });

  test("A5 is destroyed: what nobody has built on is taken back, and a key that is in use is left, which is said", async () => {
    const { nightly } = await stack.keys();
    expect(await service.verify(nightly)).toMatchObject({ outcome: "accepted" });
    const left = await keyNamed("nightly");
    const { output } = await stack.destroy();
    expect(output).toContain(
      `ApiKey ${left?.id} was not deleted. The API key stays as it is, and nobody manages it now`,
    );
    expect((await stack.exported()).text).not.toContain("roster:");
    expect(await service.verify(nightly)).toMatchObject({ outcome: "accepted" });
    expect(await keyNamed("nightly")).toMatchObject({ status: "active", externalId: null, assignees: [] });
    expect(await keyNamed("reports")).toMatchObject({ status: "revoked" });
    expect(await service.rolesIn(id)).toEqual({ [ada]: "customer_admin" });
    const users = await service.list(`/v1/users?homeOrganization=${id}`);
    const states = users.map((user) => [user.email, user.state]).toSorted();
    expect(states).toEqual([
      [hedy, "active"],
      [importer, "inactive"],
      [ines, "inactive"],
    ]);
    const [partner] = await service.list(`/v1/users?email=${grace}`);
    expect(partner).toMatchObject({ state: "active" });
  });
});
