import { expect, test } from "vitest";
import { unique } from "./support/client.ts";
import { logo } from "./support/images.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

/** An organization that a vendor's stack manages, its administrator, and the profile. */
async function makeProfile(scenario: Scenario) {
  const { owner, path } = scenario;
  const vendor = { query: { managedAs: unique("vendor") }, path };
  await owner.do("updateOrganization", { path, body: { externalId: vendor.query.managedAs } });
  const { client } = await scenario.actingAs("administrator");
  const profile = await client.do("findOrganizationProfile", { path });
  const at = { path: { profileId: profile.id } };
  const externalId = unique("customer");
  const customer = { ...at, query: { managedAs: externalId } };
  return { owner, client, path, vendor, profile, at, externalId, customer };
}

onEachDatabase("the profile of an organization", (service) => {
  test("is there with its organization, has its values, and changes them", async () => {
    const scenario = await makeScenario(service(), { websiteUrl: "https://before.example" });
    const { client, path, profile, at } = await makeProfile(scenario);
    const { organization } = scenario;
    expect(profile).toMatchObject({
      externalId: null,
      adopted: false,
      organization: organization.id,
      name: organization.name,
      websiteUrl: "https://before.example",
      logo: null,
      logoLinkActive: false,
      joinPolicies: ["existing", "invite", "create"],
      status: "open",
      createdAt: organization.createdAt,
    });
    expect(await client.do("getOrganizationProfile", at)).toEqual(profile);
    const body = { name: "After", logo: logo("png"), joinPolicies: ["invite" as const] };
    const after = await client.do("updateOrganizationProfile", { ...at, body });
    expect(after).toMatchObject({ name: "After", logoLinkActive: true, joinPolicies: ["invite"], adopted: false });
    const { name, websiteUrl, logoLinkActive, joinPolicies } = after;
    expect(await client.do("getOrganization", { path })).toMatchObject({
      ...{ name, websiteUrl, logo: after.logo, logoLinkActive, joinPolicies },
    });
  });

  test("is adopted by a create, which leaves what it omits, and restored by a release", async () => {
    const scenario = await makeScenario(service(), { websiteUrl: "https://before.example" });
    const { owner, client, path, at, externalId, customer } = await makeProfile(scenario);
    await owner.do("updateOrganization", { path, body: { logo: logo("png") } });
    const before = await client.do("findOrganizationProfile", { path });
    const body = { externalId, name: "Ours", logo: logo("png", { width: 2 }) };
    for (const _ of ["asked", "asked again, as after a lost answer"]) {
      expect(await client.do("createOrganizationProfile", { path, body })).toMatchObject({
        ...{ id: before.id, externalId, adopted: true, name: "Ours", websiteUrl: "https://before.example" },
        joinPolicies: before.joinPolicies,
      });
    }
    // Somebody else's change stays.
    await client.do("updateOrganizationProfile", { ...at, body: { websiteUrl: "https://elsewhere.example" } });
    for (const _ of ["released", "released again"]) {
      await client.do("releaseOrganizationProfile", customer);
    }
    const { updatedAt: _, ...after } = await client.do("findOrganizationProfile", { path });
    expect(after).toEqual({ ...before, websiteUrl: "https://elsewhere.example", updatedAt: undefined });
    const { items } = await client.do("listAuditEntries", { path, query: { object: before.id } });
    expect(items.map(({ action }) => action)).toEqual([
      "organization_profile.adopt",
      "organization_profile.adopt",
      "organization_profile.update",
      "organization_profile.release",
    ]);
    expect(items[2]).toMatchObject({
      object: { kind: "organization_profile", id: before.id },
      before: { websiteUrl: "https://before.example" },
      after: { websiteUrl: "https://elsewhere.example" },
    });
  });

  test("is let go of as it is, where its manager says so or nobody says who they are", async () => {
    for (const ifAdopted of ["end", undefined] as const) {
      const scenario = await makeScenario(service());
      const { client, path, at, externalId, customer } = await makeProfile(scenario);
      await client.do("createOrganizationProfile", { path, body: { externalId, name: "Ours" } });
      const how = ifAdopted === undefined ? at : { ...at, query: { ...customer.query, ifAdopted } };
      await client.do("releaseOrganizationProfile", how);
      expect(await client.do("getOrganizationProfile", at)).toMatchObject({
        ...{ name: "Ours", externalId: null, adopted: false },
      });
    }
  });

  test("is listed among what its stack manages, with its ETag, until its organization is closed", async () => {
    const scenario = await makeScenario(service());
    const { owner, client, path, at, externalId } = await makeProfile(scenario);
    const query = { externalIdPrefix: externalId, include: "object" as const };
    expect((await client.do("listManagedObjects", { query })).items).toEqual([]);
    const made = await client.do("createOrganizationProfile", { path, body: { externalId } });
    const read = await client.send("getOrganizationProfile", at);
    expect((await client.do("listManagedObjects", { query })).items).toEqual([
      {
        ...{ id: made.id, kind: "organization_profile", externalId, organization: path.organizationId },
        ...{ name: made.name, createdAt: made.createdAt, adopted: true, lost: false, unsettled: false },
        ...{ object: made, etag: read.headers.etag },
      },
    ]);
    await owner.do("closeOrganization", { path });
    expect((await owner.do("listManagedObjects", { query })).items).toEqual([]);
    const { items } = await owner.do("listManagedObjects", { query: { ...query, kind: "organization_profile" } });
    expect(items).toEqual([]);
  });

  test("is another stack's with force only, and given back to nobody", async () => {
    const scenario = await makeScenario(service());
    const { client, path, externalId, customer } = await makeProfile(scenario);
    const other = unique("other");
    await client.do("createOrganizationProfile", { path, body: { externalId, name: "First" } });
    const problem = await client.refused("managed_elsewhere", "createOrganizationProfile", {
      path,
      body: { externalId: other, name: "Second" },
    });
    expect(problem.detail).toContain(externalId);
    const body = { externalId: other, name: "Second", adopt: "force" as const };
    await client.do("createOrganizationProfile", { path, body });
    await client.refused("managed_elsewhere", "updateOrganizationProfile", { ...customer, body: { name: "Third" } });
    await client.do("releaseOrganizationProfile", { ...customer, query: { managedAs: other } });
    expect(await client.do("findOrganizationProfile", { path })).toMatchObject({ name: "First", externalId: null });
  });

  test("takes organization:update there, and says nothing of another organization's", async () => {
    const [scenario, other] = [await makeScenario(service()), await makeScenario(service())];
    const { path, at, externalId } = await makeProfile(scenario);
    const { client: reader } = await scenario.actingAs("viewer");
    expect(await reader.do("getOrganizationProfile", at)).toMatchObject({ organization: path.organizationId });
    const body = { externalId, name: "Mine" };
    await reader.refused("permission_denied", "createOrganizationProfile", { path, body });
    const { client: stranger } = await other.actingAs("administrator");
    await stranger.refused("not_found", "createOrganizationProfile", { path, body });
    await stranger.refused("not_found", "getOrganizationProfile", at);
  });

  test("while a stack manages it, is not changed through the organization by the stack that manages that", async () => {
    const scenario = await makeScenario(service());
    const { owner, client, path, vendor, externalId, customer } = await makeProfile(scenario);
    await owner.do("updateOrganization", { ...vendor, body: { name: "The vendor's" } });
    await client.do("createOrganizationProfile", { path, body: { externalId, name: "The customer's" } });
    const body = { name: "The vendor's", settings: { keysPerOwner: 3 } };
    const problem = await owner.refused("managed_elsewhere", "updateOrganization", { ...vendor, body });
    expect(problem.detail).toMatch(
      /the organization profile prf_\w+, under the externalId customer-\S+, which has name\./,
    );
    expect(problem.detail).toContain("Leave it out of the organization.");
    // The same values, and everything else, are the vendor's to send.
    const { settings } = body;
    const same = { name: "The customer's", settings };
    expect(await owner.do("updateOrganization", { ...vendor, body: same })).toMatchObject(same);
    // What the vendor no longer declares is given up.
    await client.do("updateOrganizationProfile", { ...customer, body: { websiteUrl: "https://customer.example" } });
    const cleared = await owner.do("updateOrganization", {
      ...vendor,
      body: { websiteUrl: null, settings: { keysPerOwner: 4 } },
    });
    expect(cleared).toMatchObject({ websiteUrl: "https://customer.example", settings: { keysPerOwner: 4 } });
    // Whoever doesn't act for a stack can change it, as with any managed object.
    await client.do("updateOrganization", { path, body: { name: "Renamed by a person" } });
    await client.do("releaseOrganizationProfile", customer);
    await owner.do("updateOrganization", { ...vendor, body: { name: "The vendor's again" } });
  });

  test("while a stack manages it, is left alone where the organization is adopted and released", async () => {
    const scenario = await makeScenario(service());
    const { client, path, externalId } = await makeProfile(scenario);
    const { slug } = scenario.organization;
    const [theirs, ours] = [unique("vendor"), { path, query: { managedAs: unique("vendor") } }];
    const adopt = { slug, adopt: "force" as const };
    const owner = scenario.owner;
    await owner.do("createOrganization", {
      body: { ...adopt, externalId: ours.query.managedAs, name: "The vendor's" },
    });
    await client.do("createOrganizationProfile", { path, body: { externalId, name: "The customer's" } });
    await client.do("updateOrganization", { path, body: { name: "The vendor's" } });
    await owner.refused("managed_elsewhere", "createOrganization", {
      body: { ...adopt, externalId: theirs, name: "Theirs" },
    });
    await owner.do("closeOrganization", ours);
    expect(await client.do("getOrganization", { path })).toMatchObject({ name: "The vendor's", externalId: null });
  });

  test("A6 changed by its manager, doesn't outdate the version of the organization that another stack has", async () => {
    const scenario = await makeScenario(service());
    const { owner, client, path, vendor, at, externalId, customer } = await makeProfile(scenario);
    const versionOf = async () => String((await owner.send("getOrganization", { path })).headers.etag);
    const before = await versionOf();
    const change = (settings: { keysPerOwner: number }, version: string) =>
      owner.send("updateOrganization", { ...vendor, body: { settings }, headers: { "if-match": version } });
    await client.do("updateOrganizationProfile", { ...at, body: { name: "Changed by a person" } });
    expect((await change({ keysPerOwner: 1 }, before)).statusCode).toBe(412);
    await client.do("createOrganizationProfile", { path, body: { externalId, name: "The customer's" } });
    expect(await versionOf()).not.toBe(before);
    expect((await change({ keysPerOwner: 1 }, before)).statusCode).toBe(200);
    // What the profile doesn't have still counts.
    expect((await change({ keysPerOwner: 2 }, before)).statusCode).toBe(412);
    await client.do("releaseOrganizationProfile", customer);
  });

  test("an ETag of an organization from before there were profiles stays valid", async () => {
    const { owner, path } = await makeScenario(service());
    const { headers } = await owner.send("getOrganization", { path });
    const [earlier] = String(headers.etag).split(".");
    const send = (name: string) =>
      owner.send("updateOrganization", { path, body: { name }, headers: { "if-match": `${earlier}"` } });
    expect((await send("Once")).statusCode).toBe(200);
    expect((await send("Twice")).statusCode).toBe(412);
  });

  test("a lost update of the profile says what was changed since", async () => {
    const { client, at } = await makeProfile(await makeScenario(service()));
    const { headers } = await client.send("getOrganizationProfile", at);
    await client.do("updateOrganizationProfile", { ...at, body: { name: "Changed" } });
    const stale = { ...at, headers: { "if-match": String(headers.etag) }, body: { name: "Mine" } };
    const problem = await client.refused("precondition_failed", "updateOrganizationProfile", stale);
    expect(problem.detail).toMatch(/^The organization profile was changed since it was read: name, by/);
  });

  test("the join policies to choose from are the service owner's, and all by default", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    expect(scenario.organization.allowedJoinPolicies).toEqual(["existing", "invite", "create"]);
    const { client } = await scenario.actingAs("administrator");
    const body = { allowedJoinPolicies: ["existing" as const, "invite" as const], joinPolicies: ["existing" as const] };
    const { detail } = await client.refused("permission_denied", "updateOrganization", { path, body });
    expect(detail).toContain("Changing allowedJoinPolicies requires the service owner.");
    expect(await owner.do("updateOrganization", { path, body })).toMatchObject(body);
  });

  test("the join policies to choose from include those that it has chosen, whoever asks and through whichever object", async () => {
    const allowedJoinPolicies = ["existing" as const, "invite" as const];
    const scenario = await makeScenario(service(), { allowedJoinPolicies });
    const { owner, client, path, at, externalId } = await makeProfile(scenario);
    expect(scenario.organization.joinPolicies).toEqual(allowedJoinPolicies);
    const body = { joinPolicies: ["create" as const] };
    const problems = [
      await client.refused("unprocessable", "updateOrganizationProfile", { ...at, body }),
      await client.refused("unprocessable", "createOrganizationProfile", { path, body: { ...body, externalId } }),
      await owner.refused("unprocessable", "updateOrganization", { path, body }),
      await owner.refused("unprocessable", "createOrganization", {
        body: { slug: unique("narrow"), name: "Narrow", allowedJoinPolicies, ...body },
      }),
    ];
    for (const { detail, errors } of problems) {
      expect(errors).toMatchObject([{ pointer: "/joinPolicies" }]);
      expect(detail).toContain("allowedJoinPolicies are existing, invite, without create.");
    }
  });

  test("the join policies to choose from are not narrowed below those that it has chosen", async () => {
    const { owner, path } = await makeScenario(service());
    const narrower = { allowedJoinPolicies: ["existing" as const] };
    const { detail, errors } = await owner.refused("unprocessable", "updateOrganization", { path, body: narrower });
    expect(errors).toMatchObject([{ pointer: "/allowedJoinPolicies" }]);
    expect(detail).toContain("joinPolicies still include invite, create. Change joinPolicies first");
    await owner.do("updateOrganization", { path, body: { ...narrower, joinPolicies: ["existing"] } });
  });

  test("a name is what a new organization needs, and an adopted one keeps", async () => {
    const { owner, organization } = await makeScenario(service());
    const nameless = { slug: unique("nameless") };
    const { errors } = await owner.refused("unprocessable", "createOrganization", { body: nameless });
    expect(errors).toMatchObject([{ pointer: "/name" }]);
    const body = { slug: organization.slug, externalId: unique("vendor"), adopt: "unmanaged" as const };
    expect(await owner.do("createOrganization", { body })).toMatchObject({
      ...{ adopted: true, name: organization.name, features: organization.features },
      subscription: organization.subscription,
    });
  });
});
