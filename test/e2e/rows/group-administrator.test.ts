/**
 * The media platform's group administrator, from the account that she makes herself to the end of her stack. She acts by logging in;
 * the vendor has a stack of its own for the plan.
 */
import { createHash } from "node:crypto";
import { copyFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { paths } from "../../../scripts/environment.mjs";
import { image } from "../../contract/support/images.ts";
import { wordsOn } from "../../contract/support/pages.ts";
import { useService, useStack } from "../fixtures.ts";
import { logIn, signUp } from "../person.ts";

const contact = "https://vendor.example/contact";
const [inga, jan, mette, karl] = ["inga", "jan", "mette", "karl"].map((name) => `${name}@television.example`);
const legacySecret = "what-every-integration-shares";

const manifest = `name: north-sea-tv
organization:
  existing: north-sea-tv
  profile: { name: North Sea TV, websiteUrl: "https://north-sea.example", logo: logo.png }
members:
  jan: { email: ${jan}, role: member }
  mette: { email: ${mette}, role: member }
  karl: { email: ${karl}, role: member }
`;
const playout = "  playout: { name: Playout, kind: server, endDate: 2035-12-31, allowedIps: [203.0.113.0/24] }\n";

describe("the group administrator of a media platform's customer", () => {
  const service = useService({ ROSTER_CONTACT_URL: contact });
  const vendor = useStack("test/e2e/programs/kinds", service, "vendor");
  const stack = useStack("test/e2e/programs/administrator");
  let id = "";
  const organization = async () => (await service.ask("GET", `/v1/organizations/${id}`)).body;
  const declare = (text: string) => writeFileSync(path.join(stack.folder, "roster.yaml"), text);
  async function verify(secret: string | undefined): Promise<unknown> {
    const { outcome, reason } = await service.verify(secret, { address: "203.0.113.10" });
    return reason ?? outcome;
  }
  /** What the vendor sells. */
  const sold = (plan: string, more: object = {}) => ({
    ...{ slug: "north-sea-tv", subscription: { plan }, allowedJoinPolicies: ["existing"] },
    ...more,
  });

  beforeAll(async () => {
    const basic = sold("basic", { name: "north-sea-tv", joinPolicies: ["existing"] });
    id = String((await service.ask("POST", "/v1/organizations", basic)).body.id);
    await stack.configure({ endpoint: service.endpoint });
    copyFileSync(path.join(paths.checkout, "examples/media-platform/logo.png"), path.join(stack.folder, "logo.png"));
  });

  test("M1 M3 M9 on the basic plan she is refused what it lacks, and told whom to contact", async () => {
    for (const email of [inga, jan, mette]) {
      await signUp(service, String(email));
    }
    const administrator = { email: inga, role: "administrator" };
    expect((await service.ask("POST", `/v1/organizations/${id}/members`, administrator)).status).toBe(201);
    await logIn(service, stack, String(inga));
    declare(`${manifest}apiKeys:\n${playout}`);
    const { output } = await stack.run("up", "--yes", "--skip-preview", "--continue-on-error");
    for (const refusal of ["plan_required", "api_access_disabled", "user_not_found"]) {
      expect(output).toContain(refusal);
    }
    expect(output).toContain("Ask the person to create an account first.");
    expect(output).toContain(`contact: ${contact}`);
    expect(await organization()).toMatchObject({ name: "north-sea-tv", websiteUrl: null });
    expect(await service.rolesIn(id)).toEqual({ [String(inga)]: "administrator" });
  });

  test("M2 M3 M6 M7 M8 M19 A4 A8 on premium she manages the group's settings and members", async () => {
    // As at the vendor's console: what a stack of theirs does is seen of the enterprise plan.
    expect((await service.ask("PATCH", `/v1/organizations/${id}`, { subscription: { plan: "premium" } })).status).toBe(
      200,
    );
    declare(manifest.replace(/ {2}karl.*\n/, ""));
    const { output } = await stack.succeed("up", "--yes", "--skip-preview", "--diff");
    expect(output).toContain('name      : "north-sea-tv => North Sea TV"');
    expect((await stack.outputs()).members).toEqual({
      [String(inga)]: "administrator, active",
      [String(jan)]: "member, active",
      [String(mette)]: "member, active",
    });
    expect(await organization()).toMatchObject({ name: "North Sea TV", logoLinkActive: true });
    const browser = service.browser();
    await browser.logIn(String(inga));
    const page = await browser.get(`/me/organizations/${id}`);
    expect(page.body).toContain(`src="/logos/${id}"`);
    expect(wordsOn(page)).toContain("Only the vendor can change this plan.");
    expect(page.body).toContain(contact);
  });

  test("M4 M5 M6 M7 M9 M10 M11 M12 M17 A6 on enterprise she changes them, and makes keys", async () => {
    const args = sold("enterprise", { features: { externalApiAccess: true }, adopt: true });
    vendor.declare([{ kind: "Organization", name: "north-sea-tv", args }]);
    await vendor.up();
    expect(await organization()).toMatchObject({ name: "North Sea TV", logoLinkActive: true });
    const sha256 = createHash("sha256").update(legacySecret).digest("hex");
    const shared = { name: "Shared", sha256, createdAt: "2019-03-01T00:00:00Z" };
    expect((await service.ask("POST", `/v1/organizations/${id}/api-key-imports`, shared)).status).toBe(201);
    writeFileSync(path.join(stack.folder, "logo.png"), image("png", { width: 8, height: 8 }));
    const changed = manifest
      .replace(/ {2}mette.*\n {2}karl.*\n/, `  inga: { email: ${inga}, role: member, adopt: true }\n`)
      .replace(`${jan}, role: member`, `${jan}, role: administrator`)
      .replace(', websiteUrl: "https://north-sea.example"', "");
    declare(`${changed}apiKeys:
${playout}  archive: { name: Archive, kind: server }
  trial: { name: Trial, kind: server, endDate: 2030-01-01 }
  shared: { name: Shared, kind: server, adopt: true }
`);
    const { output } = await stack.run("up", "--yes", "--skip-preview", "--continue-on-error");
    expect(output).toContain("cannot_remove_self");
    expect(await service.rolesIn(id)).toEqual({ [String(inga)]: "administrator", [String(jan)]: "administrator" });
    expect(await organization()).toMatchObject({ websiteUrl: null, logoLinkActive: false, logo: expect.anything() });
  });

  test("M13 M14 M15 M16 M17 M18 keys expire, are rotated and revoked, each by itself, and stay listed", async () => {
    const { playout: before, archive, trial } = await stack.keys();
    expect(await verify(before)).toBe("accepted");
    const place = `/v1/api-keys/${await stack.idOf("ApiKey", "north-sea-tv-trial")}`;
    const endDate = new Date(Date.now() + 2000).toISOString();
    expect(await service.ask("PATCH", place, { endDate })).toMatchObject({ status: 200 });
    await expect.poll(() => verify(trial), { timeout: 20_000 }).toBe("expired");
    stack.edit("roster.yaml", `  inga: { email: ${inga}, role: member, adopt: true }\n`, "");
    stack.edit("roster.yaml", "  archive: { name: Archive, kind: server }\n", "");
    stack.edit(
      "roster.yaml",
      "kind: server, endDate: 2035-12-31",
      'kind: server, endDate: 2035-12-31, rotate: 1, rotation: { overlap: "1d" }',
    );
    stack.edit("roster.yaml", "kind: server, adopt: true", "kind: server, adopt: true, state: revoked");
    expect(await verify(legacySecret)).toBe("accepted");
    expect((await stack.apply("--refresh")).toSorted()).toEqual([
      "delete ApiKey north-sea-tv-archive",
      "replace ApiKey north-sea-tv-trial",
      "update ApiKey north-sea-tv-playout",
      "update ApiKey north-sea-tv-shared",
    ]);
    const { playout: after } = await stack.keys();
    expect(after).not.toBe(before);
    expect([await verify(before), await verify(after)]).toEqual(["accepted", "accepted"]);
    expect([await verify(archive), await verify(legacySecret)]).toEqual(["revoked", "revoked"]);
    const { keyList } = (await stack.outputs()) as { keyList: object[] };
    expect(keyList).toContainEqual({
      ...{ displayName: "Playout", kind: "server", status: "active" },
      ...{ endDate: "2035-12-31", lastUsedAt: expect.any(String) },
    });
    const listed = await service.list(`/v1/organizations/${id}/api-keys`);
    expect(listed.map(({ displayName, status }) => `${displayName} is ${status}`).toSorted()).toEqual([
      ...["Archive is revoked", "Playout is active", "Shared (legacy) is revoked"],
      ...["Trial is active", "Trial is expired"],
    ]);
  });

  test("A4 A5 destroying her stack takes back what it made, restores the profile, and leaves the organization", async () => {
    const { playout } = await stack.keys();
    await stack.destroy();
    expect(await verify(playout)).toBe("revoked");
    expect(await service.rolesIn(id)).toEqual({ [String(inga)]: "administrator" });
    expect(await organization()).toMatchObject({ status: "open", name: "north-sea-tv", logo: null });
    const users = await service.list("/v1/users");
    expect(users.map(({ status }) => status)).toEqual(["active", "active", "active"]);
  });
});
