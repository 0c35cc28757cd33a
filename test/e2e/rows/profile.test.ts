/** The profile of an organization in the customer's stack, and the rest of it in the vendor's, on the real engine. */
import { beforeAll, expect, test } from "vitest";
import { useService, useStack } from "../fixtures.ts";
import { enterprise } from "../kinds.ts";
import type { Access } from "../service.ts";

const service = useService();
/** Who applies the customer's stack: an administrator of the organization. */
const administrator: { endpoint: string; token: string } & Access = { endpoint: "", token: "" };
const vendor = useStack("test/e2e/programs/kinds", service, "vendor");
const customer = useStack("test/e2e/programs/kinds", administrator, "customer");

function declareOrganization(args: object = {}): void {
  vendor.declare([{ kind: "Organization", name: "acme", args: { slug: "acme", ...enterprise, ...args } }]);
}
let organizationId = "";
async function organization() {
  return (await service.ask("GET", `/v1/organizations/${organizationId}`)).body;
}
const profile = { name: "Acme", websiteUrl: "https://acme.example", joinPolicies: ["existing", "invite"] };

beforeAll(async () => {
  declareOrganization();
  await vendor.up();
  organizationId = await vendor.idOf("Organization", "acme");
  const { body: robot } = await service.ask("POST", "/v1/users", { email: "robot@acme.example", kind: "system" });
  const place = `/v1/organizations/${organizationId}`;
  await service.ask("POST", `${place}/members`, { user: robot.id, role: "administrator" });
  const { body: key } = await service.ask("POST", `${place}/api-keys`, {
    ...{ name: "Customer's stack", kind: "user", owner: robot.id },
  });
  Object.assign(administrator, { endpoint: service.endpoint, token: key.key });
});

test("A4 an administrator's stack takes over the profile of an organization that the vendor's stack made", async () => {
  expect(await organization()).toMatchObject({ name: "acme", websiteUrl: null });
  customer.declare([{ kind: "OrganizationProfile", name: "acme", args: { organization: organizationId, ...profile } }]);
  const { output } = await customer.succeed("up", "--yes", "--skip-preview", "--diff");
  expect(output).toMatch(/adopts *: \{[^}]*name *: "acme => Acme"/);
  expect(await organization()).toMatchObject(profile);
});

test("A4 A6 the vendor's stack changes its own part, and neither resets the profile nor is held up by it", async () => {
  declareOrganization({ settings: { keysPerOwner: 3 } });
  expect(await vendor.apply()).toEqual(["update Organization acme"]);
  expect(await organization()).toMatchObject({ ...profile, settings: { keysPerOwner: 3 } });
});

test("A4 destroying it restores what it was", async () => {
  await customer.destroy();
  expect(await organization()).toMatchObject({
    ...{ name: "acme", websiteUrl: null, joinPolicies: ["existing", "invite", "create"], status: "open" },
  });
});
