import { describe, expect, test } from "vitest";
import { unique } from "./support/client.ts";
import { makeScenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

onEachDatabase("organizations", (service) => {
  test("an organization is created, read and listed", async () => {
    const owner = service().as();
    const slug = unique("acme");
    const created = await owner.do("createOrganization", { body: { slug, name: "Acme" } });
    expect(created).toMatchObject({
      slug,
      name: "Acme",
      websiteUrl: null,
      joinPolicies: ["existing", "invite", "create"],
      features: { externalApiAccess: false },
      settings: { keysPerOwner: null, allowExpiringJwt: false },
      subscription: { plan: "basic", billing: "custom" },
      status: "open",
    });
    expect(await owner.do("getOrganization", { path: { organizationId: created.id } })).toEqual(created);
    const page = await owner.do("listOrganizations", { query: { slug } });
    expect(page).toEqual({ items: [created], nextCursor: null });
  });

  test("a change merges objects, replaces arrays and clears with null", async () => {
    const { owner, path } = await makeScenario(service(), { websiteUrl: "https://example.com" });
    const slug = unique("renamed");
    const changed = await owner.do("updateOrganization", {
      path,
      body: { slug, websiteUrl: null, joinPolicies: ["existing"], settings: { keysPerOwner: 3 } },
    });
    expect(changed).toMatchObject({
      slug,
      websiteUrl: null,
      joinPolicies: ["existing"],
      settings: { keysPerOwner: 3, allowExpiringJwt: false },
      features: { externalApiAccess: true },
    });
  });

  test("a change that changes nothing leaves updatedAt and the audit alone", async () => {
    const { owner, organization, path } = await makeScenario(service());
    service().advance(1000);
    const same = await owner.do("updateOrganization", { path, body: { name: organization.name, settings: {} } });
    expect(same).toEqual(organization);
    const { items } = await owner.do("listAuditEntries", { path });
    expect(items.map(({ action }) => action)).toEqual(["organization.create"]);
  });

  test("closing ends everything in it, frees the slug and can be repeated", async () => {
    const scenario = await makeScenario(service(), { externalId: unique("external") });
    const { owner, organization, path } = scenario;
    const { membership, user } = await scenario.member("viewer");
    const key = await scenario.key();
    const assignment = await owner.do("createApiKeyAssignment", {
      path: { apiKeyId: key.id },
      body: { user: user.id },
    });
    await owner.do("closeOrganization", { path });
    await owner.do("closeOrganization", { path });
    expect(await owner.do("getOrganization", { path })).toMatchObject({ status: "closed", slug: organization.slug });
    expect(await owner.do("getMembership", { path: { membershipId: membership.id } })).toMatchObject({
      status: "removed",
    });
    expect(await owner.do("getApiKey", { path: { apiKeyId: key.id } })).toMatchObject({ status: "revoked" });
    await owner.refused("not_found", "getApiKeyAssignment", { path: { assignmentId: assignment.id } });
    const { items } = await owner.do("listAuditEntries", { path });
    expect(items.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["organization.close", "api_key.revoke", "membership.end", "api_key_assignment.delete"]),
    );
    expect(items.filter(({ action }) => action === "organization.close")).toHaveLength(1);
    expect(await owner.do("listOrganizations", { query: { slug: organization.slug } })).toMatchObject({ items: [] });
    const { slug, name } = organization;
    await owner.do("createOrganization", { body: { slug, name, externalId: organization.externalId ?? "" } });
    await owner.refused("organization_closed", "updateOrganization", { path, body: { name: "Too late" } });
    await owner.refused("organization_closed", "createRole", { path, body: { name: "r", permissions: [] } });
  });

  test("slug and externalId are unique among open organizations", async () => {
    const { owner, organization, path } = await makeScenario(service(), { externalId: unique("external") });
    const other = await makeScenario(service());
    const { slug, externalId } = organization;
    const taken = await owner.refused("slug_taken", "createOrganization", { body: { slug, name: "Other" } });
    expect(taken.detail).toContain(organization.id);
    await owner.refused("slug_taken", "updateOrganization", { path: other.path, body: { slug } });
    await owner.refused("external_id_taken", "createOrganization", {
      body: { slug: unique("other"), name: "Other", externalId: externalId ?? "" },
    });
    await owner.do("updateOrganization", { path, body: { slug, externalId: externalId ?? "" } });
  });

  describe("plans", () => {
    test("basic has neither a second member nor a website, and API access is enterprise", async () => {
      const basic = { subscription: { plan: "basic" as const }, features: {} };
      const scenario = await makeScenario(service(), basic);
      const { owner, path } = scenario;
      await scenario.member("administrator");
      const second = await scenario.user();
      const refused = await owner.refused("plan_required", "createMembership", {
        path,
        body: { user: second.id, role: "viewer" },
      });
      expect(refused.status).toBe(403);
      await owner.refused("plan_required", "updateOrganization", { path, body: { websiteUrl: "https://example.com" } });
      await owner.refused("plan_required", "updateOrganization", {
        path,
        body: { features: { externalApiAccess: true } },
      });
      await owner.refused("plan_required", "createOrganization", {
        body: { slug: unique("basic"), name: "Basic", websiteUrl: "https://example.com" },
      });
      await owner.do("updateOrganization", {
        path,
        body: { subscription: { plan: "premium" }, websiteUrl: "https://example.com" },
      });
      await owner.do("createMembership", { path, body: { user: second.id, role: "viewer" } });
    });

    test("a downgrade that present use exceeds is refused", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      await owner.refused("plan_required", "updateOrganization", { path, body: { subscription: { plan: "premium" } } });
      await owner.do("updateOrganization", {
        path,
        body: { subscription: { plan: "premium" }, features: { externalApiAccess: false } },
      });
      await scenario.member("administrator");
      await scenario.member("viewer");
      await owner.refused("plan_required", "updateOrganization", { path, body: { subscription: { plan: "basic" } } });
    });

    test("an administrator changes neither a custom plan nor what the service owner has switched on", async () => {
      const scenario = await makeScenario(service());
      const { path } = scenario;
      const { client } = await scenario.actingAs("administrator");
      await client.refused("contact_vendor", "updateOrganization", {
        path,
        body: { subscription: { plan: "premium" } },
      });
      for (const [body, named] of [
        [{ subscription: { billing: "stripe" } }, "subscription.billing"],
        [{ features: { externalApiAccess: false } }, "features"],
        [
          { features: { externalApiAccess: false }, subscription: { billing: "stripe", stripeSubscription: "sub_1" } },
          "features and subscription.billing and subscription.stripeSubscription",
        ],
      ] as const) {
        const refused = await client.refused("permission_denied", "updateOrganization", { path, body });
        expect(refused.detail).toContain(`Changing ${named} requires the service owner.`);
      }
    });

    test("who may not change the subscription is told to contact the vendor of a custom plan, as an administrator is", async () => {
      const scenario = await makeScenario(service());
      const client = await scenario.withPermissions("organization:update");
      const body = { subscription: { plan: "premium" as const } };
      const refused = await client.refused("contact_vendor", "updateOrganization", { path: scenario.path, body });
      expect(refused.detail).toContain("Contact the vendor");
    });
  });

  test("an organization is its service owner's to create and close", async () => {
    const scenario = await makeScenario(service());
    const { client } = await scenario.actingAs("administrator");
    await client.refused("permission_denied", "createOrganization", { body: { slug: unique("own"), name: "Own" } });
    await client.refused("permission_denied", "closeOrganization", { path: scenario.path });
    const { items } = await client.do("listOrganizations");
    expect(items.map(({ id }) => id)).toEqual([scenario.organization.id]);
  });
});
