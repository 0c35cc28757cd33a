/** Rows about organizations, their plan and their people, as somebody meets them at the API. */
import { beforeAll, expect, test } from "vitest";
import { idempotencyKey, unique } from "../support/client.ts";
import { image, logo } from "../support/images.ts";
import { makeScenario, type Scenario } from "../support/scenario.ts";
import { onEachDatabase } from "../support/service.ts";

const contactUrl = "https://vendor.example/contact";
const website = "https://media.example";
const basic = { subscription: { plan: "basic" as const }, features: {} };

onEachDatabase("rows about organizations", (service) => {
  beforeAll(async () => {
    await service().start({ contactUrl });
  });

  async function shown({ owner, path }: Scenario, headers: Record<string, string> = {}) {
    const { statusCode, headers: answered, rawPayload } = await owner.send("getLogo", { path, headers });
    return { status: statusCode, headers: answered, content: rawPayload };
  }

  test("M1 the basic plan has neither a second member nor a website nor a logo, and says whom to contact", async () => {
    const scenario = await makeScenario(service(), basic);
    const { owner, path } = scenario;
    await scenario.member("administrator");
    const user = await scenario.user();
    for (const refused of [
      await owner.refused("plan_required", "createMembership", { path, body: { user: user.id, role: "member" } }),
      await owner.refused("plan_required", "updateOrganization", { path, body: { websiteUrl: website } }),
      await owner.refused("plan_required", "updateOrganization", { path, body: { logo: logo("png") } }),
    ]) {
      expect(refused.contactUrl).toBe(contactUrl);
      expect(refused.detail).toContain("premium");
    }
    await owner.do("updateOrganization", {
      path,
      body: { subscription: { plan: "premium" }, websiteUrl: website, logo: logo("png") },
    });
    await owner.do("createMembership", { path, body: { user: user.id, role: "member" } });
  });

  test("M1 group settings are for administrators, and whoever is none is told whom to contact", async () => {
    const scenario = await makeScenario(service());
    const { path } = scenario;
    const { client } = await scenario.actingAs("member");
    const refused = await client.refused("permission_denied", "updateOrganization", { path, body: { name: "Mine" } });
    expect(refused.contactUrl).toBe(contactUrl);
    await client.refused("permission_denied", "updateOrganization", { path, body: { logo: logo("png") } });
    const { client: administrator } = await scenario.actingAs("administrator");
    await administrator.do("updateOrganization", { path, body: { name: "Ours", logo: logo("png") } });
  });

  test("M3 only who has an account can be added, and the refusal says to make one first", async () => {
    const scenario = await makeScenario(service(), { joinPolicies: ["existing"] });
    const { path } = scenario;
    const { client } = await scenario.actingAs("administrator");
    const email = `${unique("newcomer")}@media.example`;
    const refused = await client.refused("user_not_found", "createMembership", {
      path,
      body: { email, role: "member" },
    });
    expect(refused.detail).toMatch(/account/i);
  });

  test("M5 nobody removes themselves, and a removed person's account survives", async () => {
    const scenario = await makeScenario(service());
    const { client, membership } = await scenario.actingAs("administrator");
    const other = await scenario.member("member");
    await client.refused("cannot_remove_self", "endMembership", { path: { membershipId: membership.id } });
    await client.do("endMembership", { path: { membershipId: other.membership.id } });
    const { status } = await scenario.owner.do("getUser", { path: { userId: other.user.id } });
    expect(status).toBe("active");
  });

  test("M7 the logo links to the website exactly while both are there", async () => {
    const { owner, path } = await makeScenario(service());
    const after = async (body: object) =>
      (await owner.do("updateOrganization", { path, body: body as { name: string } })).logoLinkActive;
    expect(await after({ websiteUrl: website })).toBe(false);
    expect(await after({ logo: logo("png") })).toBe(true);
    expect(await after({ websiteUrl: null })).toBe(false);
    expect(await after({ websiteUrl: website })).toBe(true);
    expect(await after({ logo: null })).toBe(false);
  });

  test.each(["png", "jpeg", "webp"] as const)(
    "M8 a %s is shown as it was uploaded, and as nothing else",
    async (kind) => {
      const scenario = await makeScenario(service(), { logo: logo(kind) });
      const { organization } = scenario;
      const content = image(kind);
      expect(organization.logo).toEqual({
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        mediaType: `image/${kind}`,
        sizeBytes: content.length,
      });
      const answer = await shown(scenario);
      expect(answer.content).toEqual(content);
      expect(answer.headers).toMatchObject({
        "content-type": `image/${kind}`,
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "content-disposition": "inline",
        etag: `"${organization.logo?.sha256}"`,
      });
      const again = await shown(scenario, { "if-none-match": String(answer.headers.etag) });
      expect([again.status, again.content.length]).toEqual([304, 0]);
    },
  );

  test("M8 what is no logo by its content is refused, in words that say why", async () => {
    const { owner, path } = await makeScenario(service());
    const png = image("png");
    for (const [content, reason] of [
      [image("svg"), "not a PNG, JPEG or WebP image"],
      [image("gif"), "not a PNG, JPEG or WebP image"],
      [Buffer.from("<html><script>alert(1)</script></html>"), "not a PNG, JPEG or WebP image"],
      [Buffer.concat([png.subarray(0, 8), Buffer.alloc(64)]), "begins like image/png"],
      [Buffer.concat([image("jpeg").subarray(0, 20), Buffer.alloc(64)]), "begins like image/jpeg"],
      [image("png", { width: 4097, height: 1 }), "4097 by 1 pixels"],
      [image("webp", { width: 1, height: 5000 }), "1 by 5000 pixels"],
      [Buffer.concat([png, Buffer.alloc(524_289 - png.length)]), "more than 524288 bytes"],
    ] as const) {
      const body = { logo: { content: content.toString("base64") } };
      const refused = await owner.refused("unprocessable", "updateOrganization", { path, body });
      expect(refused.detail).toContain(reason);
      expect(refused.errors?.map(({ pointer }) => pointer)).toEqual(["/logo/content"]);
    }
    const largest = Buffer.concat([png, Buffer.alloc(524_288 - png.length)]).toString("base64");
    await owner.do("updateOrganization", { path, body: { logo: { content: largest } } });
    await owner.refused("invalid_request", "updateOrganization", {
      path,
      body: { logo: { content: `${largest}AAAA` } },
    });
  });

  test("M8 another image takes the place of the first, the same changes nothing, and null removes it", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const upload = async (body: { content: string } | null) =>
      await owner.do("updateOrganization", { path, body: { logo: body } });
    const first = await upload(logo("png"));
    service().advance(1000);
    expect(await upload(logo("png"))).toEqual(first);
    const second = await upload(logo("jpeg"));
    expect(second.logo?.sha256).not.toBe(first.logo?.sha256);
    expect((await shown(scenario)).content).toEqual(image("jpeg"));
    expect((await upload(null)).logo).toBeNull();
    expect((await shown(scenario)).status).toBe(404);
    const kept = service()
      .database.selectFrom("logos")
      .select("sha256")
      .where("organization_id", "=", path.organizationId);
    expect(await kept.execute()).toEqual([]);
    const { items } = await owner.do("listAuditEntries", { path });
    const logos = items.filter(({ after }) => after !== null && "logo" in after);
    expect(logos.map(({ before, after }) => [before?.logo, after?.logo])).toEqual([
      [null, first.logo],
      [first.logo, second.logo],
      [second.logo, null],
    ]);
    expect(JSON.stringify(items)).not.toContain(logo("png").content);
  });

  test("M8 an upload is a change like any other: conditional, repeatable, and its manager's", async () => {
    const { owner, path } = await makeScenario(service(), { externalId: unique("stack") });
    const { headers } = await owner.send("getOrganization", { path });
    const first = { "if-match": String(headers.etag), "idempotency-key": idempotencyKey() };
    const upload = { path, body: { logo: logo("png") } };
    const made = await owner.do("updateOrganization", { ...upload, headers: first });
    expect(await owner.do("updateOrganization", { ...upload, headers: first })).toEqual(made);
    await owner.refused("precondition_failed", "updateOrganization", {
      path,
      body: { logo: logo("webp") },
      headers: { "if-match": String(headers.etag) },
    });
    await owner.refused("managed_elsewhere", "updateOrganization", {
      ...upload,
      query: { managedAs: unique("other") },
    });
  });

  test("M8 letting go of an adopted organization shows the logo from before again", async () => {
    const scenario = await makeScenario(service(), { logo: logo("png") });
    const { owner, organization, path } = scenario;
    const externalId = unique("stack");
    const { slug, name } = organization;
    const plan = { subscription: { plan: "enterprise" as const }, features: { externalApiAccess: true } };
    const adopted = await owner.do("createOrganization", {
      body: { slug, name, externalId, adopt: "unmanaged", logo: logo("jpeg"), ...plan },
    });
    expect(adopted.id).toBe(organization.id);
    expect((await shown(scenario)).content).toEqual(image("jpeg"));
    await owner.do("updateOrganization", { path, body: { logo: logo("webp") }, query: { managedAs: externalId } });
    await owner.do("closeOrganization", { path, query: { managedAs: externalId } });
    expect((await owner.do("getOrganization", { path })).logo).toEqual(organization.logo);
    expect((await shown(scenario)).content).toEqual(image("png"));
  });

  test("M8 the logo of a closed organization is shown no more", async () => {
    const scenario = await makeScenario(service(), { logo: logo("png") });
    await scenario.owner.do("closeOrganization", { path: scenario.path });
    expect((await shown(scenario)).status).toBe(404);
  });

  test("C1 a customer administrator opens the own organization, and another is as if it were not there", async () => {
    const scenario = await makeScenario(service());
    const other = await makeScenario(service());
    const { client } = await scenario.actingAs("customer_admin");
    const { items } = await client.do("listMembers", { path: scenario.path });
    expect(items.map(({ role }) => role)).toEqual(["customer_admin"]);
    const absent = { organizationId: `${other.path.organizationId.slice(0, 4)}${"0".repeat(32)}` };
    const answers = [];
    for (const path of [other.path, absent]) {
      const { detail, requestId: _, ...rest } = await client.refused("not_found", "listMembers", { path });
      answers.push({ ...rest, detail: detail.replace(path.organizationId, "…") });
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  test("E1 only administrators create and manage users", async () => {
    const scenario = await makeScenario(service());
    const { user } = await scenario.member("viewer");
    const body = () => ({
      email: `${unique("made")}@media.example`,
      kind: "system" as const,
      homeOrganization: scenario.organization.id,
    });
    const { client: administrator } = await scenario.actingAs("administrator");
    await administrator.do("createUser", { body: body() });
    await administrator.do("updateUser", { path: { userId: user.id }, body: { givenName: "Vera" } });
    for (const role of ["editor", "operator", "viewer", "member", "api_user"]) {
      const { client } = await scenario.actingAs(role);
      await client.refused("permission_denied", "createUser", { body: body() });
      await client.refused("permission_denied", "updateUser", { path: { userId: user.id }, body: { givenName: role } });
    }
  });
});
