/** examples/media-platform on the real engine: a customer from its first members to API keys, and to destroy. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { image } from "../contract/support/images.ts";
import { useService, useStack } from "./fixtures.ts";

const people = ["inga", "jan", "mette"];
/** What changes where the group and jan's membership do. */
const inPlace = ["update Membership north-sea-tv-jan", "update Organization north-sea-tv"];

/** What the stack lists of each key. */
type KeyList = Readonly<Record<string, { readonly lastUsedAt?: string }>>;

describe("examples/media-platform", () => {
  const service = useService();
  const stack = useStack("examples/media-platform", service);
  let organization = "";
  let jan = "";
  let made: Record<string, string> = {};
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

  // What is refused of a plan that is too small, and of members without an account, is in rows/group-administrator.test.ts.
  test("M2 the premium plan has several users, who have made their accounts, and the users who have access are listed", async () => {
    for (const name of people) {
      const body = { email: `${name}@north-sea.example`, invite: false };
      const account = await service.ask("POST", "/v1/users", body);
      expect(account.status).toBe(201);
      accounts.set(name, String(account.body.id));
    }
    await stack.up();
    organization = await stack.idOf("Organization", "north-sea-tv");
    expect(await roles()).toEqual({ inga: "administrator", jan: "member", mette: "member" });
    const { access, logoLinkActive } = await stack.outputs();
    expect(access).toEqual({
      "inga@north-sea.example": "administrator",
      "jan@north-sea.example": "member",
      "mette@north-sea.example": "member",
    });
    expect(logoLinkActive).toBe(true);
    const shown = await fetch(`${service.endpoint}/logos/${organization}`);
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(readFileSync(path.join(stack.folder, "logo.png")));
  });

  test("C16 M4 M5 M6 M7 M8 M10 on the enterprise plan there is a key for each integration and environment; members and group are changed", async () => {
    jan = await stack.idOf("Membership", "north-sea-tv-jan");
    stack.edit("enterprise.yaml", "jan@north-sea.example, role: member", "jan@north-sea.example, role: administrator");
    stack.edit("enterprise.yaml", "name: North Sea TV", "name: North Sea Television");
    stack.edit("enterprise.yaml", "  websiteUrl: https://north-sea.example\n", "");
    stack.edit("enterprise.yaml", "  mette: { email: mette@north-sea.example, role: member }\n", "");
    await stack.succeed("config", "set", "plan", "enterprise");
    expect((await stack.apply()).toSorted()).toEqual([
      "create ApiKey north-sea-tv-archive-production",
      "create ApiKey north-sea-tv-playout-production",
      "create ApiKey north-sea-tv-playout-staging",
      "create ApiKey north-sea-tv-statistics-production",
      "delete Membership north-sea-tv-mette",
      ...inPlace,
    ]);
    expect(await stack.idOf("Membership", "north-sea-tv-jan")).toBe(jan);
    expect(await roles()).toEqual({ inga: "administrator", jan: "administrator" });
    // The removed member's account survives.
    expect((await service.ask("GET", `/v1/users/${accounts.get("mette")}`)).body.status).not.toBe("inactive");
    // Without the website, the logo links to nothing.
    expect(await theOrganization()).toMatchObject({
      ...{ name: "North Sea Television", websiteUrl: null, logoLinkActive: false },
      ...{ subscription: { plan: "enterprise" }, features: { externalApiAccess: true } },
    });
    const { keys: plaintext, keyList, logoLinkActive } = await stack.outputs();
    expect(logoLinkActive).toBe(false);
    made = plaintext as Record<string, string>;
    expect(new Set(Object.values(made)).size).toBe(4);
    for (const [name, key] of Object.entries(made)) {
      expect(await verify(key), name).toBe("accepted");
    }
    // From anywhere but the playout centre, its key is worth nothing.
    expect(await verify(made["playout-production"], "198.51.100.7")).toBe("address_not_allowed");
    expect(keyList).toMatchObject({
      "playout-production": { name: "Playout (production)", endDate: "2035-12-31", status: "active" },
      "archive-production": { name: "Archive (production)", status: "active" },
    });
    expect((keyList as KeyList)["playout-staging"]?.lastUsedAt).toBeUndefined();
  });

  test("M14 M15 a refresh shows last uses, and what is to be repaired; one key is revoked at once", async () => {
    await service.ask("PATCH", `/v1/members/${jan}`, { role: "member" });
    const upload = { logo: { content: image("webp").toString("base64") } };
    await service.ask("PATCH", `/v1/organizations/${organization}`, upload);
    stack.edit("enterprise.yaml", "name: Archive (production)", "name: Archive (production)\n    state: revoked");
    expect((await stack.apply("--refresh")).toSorted()).toEqual([
      "update ApiKey north-sea-tv-archive-production",
      ...inPlace,
    ]);
    // That the others were used is no change.
    const { keyList } = (await stack.outputs()) as { keyList: KeyList };
    expect(keyList["playout-staging"]?.lastUsedAt).toMatch(/^\d{4}-.*Z$/);
    expect((await roles()).jan).toBe("administrator");
    expect((await theOrganization()).logo).toMatchObject({ mediaType: "image/png" });

    expect(await verify(made["archive-production"])).toBe("revoked");
    for (const name of ["playout-production", "playout-staging", "statistics-production"]) {
      expect(await verify(made[name]), name).toBe("accepted");
    }
    const listed = await service.list(`/v1/organizations/${organization}/api-keys`);
    expect(listed.map(({ name, status }) => [name, status])).toContainEqual(["Archive (production)", "revoked"]);
  });

  test("destroy closes the organization, and leaves people their accounts", async () => {
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
