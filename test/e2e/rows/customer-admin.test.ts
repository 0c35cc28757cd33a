/** The customer admin of an organization that is another's: their manifest, from what it may not say to what is left after destroy. */
import { beforeAll, describe, expect, test } from "vitest";
import { account, makeToken } from "../../contract/support/pages.ts";
import { useService, useStack } from "../fixtures.ts";

const email = "ada@acme.example";

describe("A5 a customer admin's manifest", () => {
  const service = useService();
  const stack = useStack("test/e2e/programs/administrator");
  let organization = "";

  beforeAll(async () => {
    const acme = await service.ask("POST", "/v1/organizations", {
      slug: "acme",
      name: "Acme Inc.",
      subscription: { plan: "enterprise" },
      features: { externalApiAccess: true },
    });
    organization = String(acme.body.id);
    const grace = await service.ask("POST", "/v1/users", { email: "grace@partner.example", invite: false });
    const invitation = { email, role: "customer_admin", onUnknownUser: "invite" };
    const invited = await service.ask("POST", `/v1/organizations/${organization}/members`, invitation);
    expect([acme.status, grace.status, invited.status]).toEqual([201, 201, 201]);
  });

  /** The access token that the person makes on their page, once they have set up their account. */
  async function tokenFromPage(): Promise<string> {
    const browser = service.browser();
    expect((await browser.submit(await service.mailedLink(email), account)).statusCode).toBe(303);
    await browser.logIn(email);
    return await makeToken(browser);
  }

  const keyNamed = async (name: string) => {
    const [key] = await service.list(`/v1/organizations/${organization}/api-keys?name=${name}`);
    return key;
  };

  test("is refused at preview what the role may not say: everything at its line, before anything is sent", async () => {
    await stack.configure({ endpoint: service.endpoint, token: await tokenFromPage() });
    stack.edit("roster.yaml", "members:\n", "roles:\n  deployer: { permissions: [flows:run] }\nmembers:\n");
    stack.edit("roster.yaml", "role: viewer }\napiKeys", "role: administrator }\napiKeys");
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
    stack.edit("roster.yaml", "roles:\n  deployer: { permissions: [flows:run] }\n", "");
    stack.edit("roster.yaml", "role: administrator }\napiKeys", "role: viewer }\napiKeys");
  });

  test("A5 is previewed and applied, and leaves nothing to be done", async () => {
    const { output } = await stack.succeed("up", "--yes");
    expect(output).toMatch(/\+ 11 to create[\s\S]*\+ 11 created/);
    expect(await service.rolesIn(organization)).toMatchObject({
      [email]: "customer_admin",
      "importer@acme.example": "viewer",
      "ines@acme.example": "member",
      "grace@partner.example": "viewer",
    });
    expect(await stack.preview()).toEqual([]);
  });

  test("changes what the role may change", async () => {
    stack.edit("roster.yaml", "role: viewer }\napiKeys", "role: member }\napiKeys");
    stack.edit("roster.yaml", "reports: { ", 'reports: { endDate: "2099-12-31", ');
    const steps = await stack.apply();
    expect(steps.toSorted()).toEqual(["update ApiKey staff-reports", "update Membership staff-grace"]);
    expect(await keyNamed("reports")).toMatchObject({ endDate: "2099-12-31" });
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
    expect(await service.rolesIn(organization)).toEqual({ [email]: "customer_admin" });
    const users = await service.list(`/v1/users?homeOrganization=${organization}`);
    const states = users.map((user) => [user.email, user.state]).toSorted();
    expect(states).toEqual([
      ["importer@acme.example", "inactive"],
      ["ines@acme.example", "inactive"],
    ]);
    const [grace] = await service.list("/v1/users?email=grace@partner.example");
    expect(grace).toMatchObject({ state: "active" });
  });
});
