/** examples/media-platform on the real engine: a customer from its first members to API keys, and to destroy. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { image } from "../contract/support/images.ts";
import { useService, useStack } from "./fixtures.ts";

const contact = "https://vendor.example/contact";
const people = ["inga", "jan", "mette"];
/** What changes where the group and jan's membership do. */
const inPlace = ["update Membership north-sea-tv-jan", "update Organization north-sea-tv"];

describe("examples/media-platform", () => {
  const service = useService({ ROSTER_CONTACT_URL: contact });
  const stack = useStack("examples/media-platform", service);
  let organization = "";
  let jan = "";
  const accounts = new Map<string, string>();

  async function theOrganization() {
    return (await service.ask("GET", `/v1/organizations/${organization}`)).body;
  }
  async function roles(): Promise<Record<string, unknown>> {
    const members = await service.list(`/v1/organizations/${organization}/members?status=active`);
    return Object.fromEntries(members.map(({ email, role }) => [String(email).split("@")[0], role]));
  }
  async function verify(secret: string | undefined, address = "203.0.113.10") {
    const { outcome, reason } = await service.verify(secret, { address });
    return reason ?? outcome;
  }

  test("M3 members are added only once they have made an account", async () => {
    const output = await stack.fail("up", "--yes", "--skip-preview");
    expect(output).toContain("user_not_found");
    expect(output).toMatch(/account/);
    for (const name of people) {
      const body = { email: `${name}@north-sea.example`, invite: false };
      const made = await service.ask("POST", "/v1/users", body);
      expect(made.status).toBe(201);
      accounts.set(name, String(made.body.id));
    }
    await stack.up();
    organization = await stack.idOf("Organization", "north-sea-tv");
    expect(await roles()).toEqual({ inga: "administrator", jan: "member", mette: "member" });
  });

  test("M2 the users who have access are listed", async () => {
    expect((await stack.outputs()).access).toEqual({
      "inga@north-sea.example": "administrator",
      "jan@north-sea.example": "member",
      "mette@north-sea.example": "member",
    });
  });

  test("M4 M5 M6 M7 M8 a member is made administrator, another one removed, and the group changed in place", async () => {
    jan = await stack.idOf("Membership", "north-sea-tv-jan");
    expect((await stack.outputs()).logoLinkActive).toBe(true);
    const shown = await fetch(`${service.endpoint}/logos/${organization}`);
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(readFileSync(path.join(stack.folder, "logo.png")));
    stack.edit("premium.yaml", "jan@north-sea.example, role: member", "jan@north-sea.example, role: administrator");
    stack.edit("premium.yaml", "name: North Sea TV", "name: North Sea Television");
    stack.edit("premium.yaml", "  websiteUrl: https://north-sea.example\n", "");
    stack.edit("premium.yaml", "  mette: { email: mette@north-sea.example, role: member }\n", "");
    expect((await stack.apply()).toSorted()).toEqual(["delete Membership north-sea-tv-mette", ...inPlace]);
    expect(await stack.idOf("Membership", "north-sea-tv-jan")).toBe(jan);
    expect(await roles()).toEqual({ inga: "administrator", jan: "administrator" });
    // The removed member's account survives.
    expect((await service.ask("GET", `/v1/users/${accounts.get("mette")}`)).body.status).not.toBe("inactive");
    // Without the website, the logo links to nothing.
    expect((await stack.outputs()).logoLinkActive).toBe(false);
    expect(await theOrganization()).toMatchObject({
      name: "North Sea Television",
      websiteUrl: null,
      logoLinkActive: false,
    });
  });

  // A logo, which the plan hasn't either, would be refused at preview: see test/unit/resources.test.ts.
  test("M1 a plan that is too small for the members is refused, and the service says whom to contact", async () => {
    stack.edit("premium.yaml", "plan: premium", "plan: basic");
    stack.edit("premium.yaml", "  logo: logo.png", "");
    const refused = await stack.run("up", "--yes", "--skip-preview");
    expect(refused.output).toContain("plan_required");
    expect(refused.output).toContain(contact);
    expect((await theOrganization()).subscription).toMatchObject({ plan: "premium" });
  });

  test("C16 M10 on the enterprise plan there is a key for each integration and environment, each its own, and listed", async () => {
    await stack.succeed("config", "set", "plan", "enterprise");
    expect((await stack.apply()).toSorted()).toEqual([
      "create ApiKey north-sea-tv-archive-production",
      "create ApiKey north-sea-tv-playout-production",
      "create ApiKey north-sea-tv-playout-staging",
      "create ApiKey north-sea-tv-statistics-production",
      "create Membership north-sea-tv-mette",
      ...inPlace,
    ]);
    expect(await theOrganization()).toMatchObject({
      subscription: { plan: "enterprise" },
      features: { externalApiAccess: true },
      logoLinkActive: true,
    });
    const made = await stack.keys();
    expect(new Set(Object.values(made)).size).toBe(4);
    for (const [name, key] of Object.entries(made)) {
      expect(await verify(key), name).toBe("accepted");
    }
    // From anywhere but the playout centre, its key is worth nothing.
    expect(await verify(made["playout-production"], "198.51.100.7")).toBe("address_not_allowed");
    expect((await stack.outputs()).keyList).toMatchObject({
      "playout-production": { name: "Playout (production)", endDate: "2035-12-31", status: "active" },
      "archive-production": { name: "Archive (production)", status: "active" },
    });
  });

  test("M14 M15 a refresh shows last uses, and what is to be repaired; one key is revoked at once", async () => {
    const lastUse = async () => {
      const { keyList } = (await stack.outputs()) as { keyList: Record<string, { lastUsedAt?: string }> };
      return keyList["playout-staging"]?.lastUsedAt;
    };
    expect(await lastUse()).toBeUndefined();
    await service.ask("PATCH", `/v1/members/${jan}`, { role: "administrator" });
    const upload = { logo: { content: image("webp").toString("base64") } };
    await service.ask("PATCH", `/v1/organizations/${organization}`, upload);
    const before = await stack.keys();
    stack.edit("enterprise.yaml", "name: Archive (production)", "name: Archive (production)\n    state: revoked");
    expect((await stack.apply("--refresh")).toSorted()).toEqual([
      "update ApiKey north-sea-tv-archive-production",
      ...inPlace,
    ]);
    // That the others were used is no change.
    expect(await lastUse()).toMatch(/^\d{4}-.*Z$/);
    expect((await roles()).jan).toBe("member");
    expect((await theOrganization()).logo).toMatchObject({ mediaType: "image/png" });

    expect(await verify(before["archive-production"])).toBe("revoked");
    for (const name of ["playout-production", "playout-staging", "statistics-production"]) {
      expect(await verify(before[name]), name).toBe("accepted");
    }
    const listed = await service.list(`/v1/organizations/${organization}/api-keys`);
    expect(listed.map(({ name, status }) => [name, status])).toContainEqual(["Archive (production)", "revoked"]);
  });

  test("destroy closes the organization, and leaves people their accounts", async () => {
    const made = await stack.keys();
    await stack.destroy();
    expect((await theOrganization()).status).toBe("closed");
    for (const [name, key] of Object.entries(made)) {
      expect(await verify(key), name).not.toBe("accepted");
    }
    for (const id of accounts.values()) {
      expect((await service.ask("GET", `/v1/users/${id}`)).body.status).not.toBe("inactive");
    }
    expect((await fetch(`${service.endpoint}/logos/${organization}`)).status).toBe(404);
  });
});
