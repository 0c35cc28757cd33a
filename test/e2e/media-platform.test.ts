/** examples/media-platform on the real engine: a customer from its first members to API keys, and to destroy. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { image } from "../contract/support/images.ts";
import { Service } from "./service.ts";
import { Stack } from "./stack.ts";

const contact = "https://vendor.example/contact";
const people = ["inga", "jan", "mette"];

describe("examples/media-platform", () => {
  let service: Service;
  let stack: Stack;
  let organization = "";
  const accounts = new Map<string, string>();

  beforeAll(async () => {
    service = await Service.start({ ROSTER_CONTACT_URL: contact });
    stack = new Stack(path.join(paths.checkout, "examples/media-platform"), service);
    await stack.init();
  });
  afterAll(async () => {
    stack?.remove();
    await service?.stop();
  });

  async function theOrganization() {
    return (await service.ask("GET", `/v1/organizations/${organization}`)).body;
  }
  async function roles(): Promise<Record<string, unknown>> {
    const members = await service.list(`/v1/organizations/${organization}/members?status=active`);
    return Object.fromEntries(members.map(({ email, role }) => [String(email).split("@")[0], role]));
  }
  async function verify(secret: string | undefined, address = "203.0.113.10") {
    const body = { secret: secret ?? "none", address };
    const { outcome, reason } = (await service.ask("POST", "/v1/verifications", body)).body;
    return reason ?? outcome;
  }
  async function keys(): Promise<Record<string, string>> {
    return (await stack.outputs()).keys as Record<string, string>;
  }

  test("M3 members are added only once they have made an account", async () => {
    const { status, output } = await stack.run("up", "--yes", "--skip-preview");
    expect(status).not.toBe(0);
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
    expect(await stack.preview()).toEqual([]);
  });

  test("M2 the users who have access are listed", async () => {
    expect((await stack.outputs()).access).toEqual({
      "inga@north-sea.example": "administrator",
      "jan@north-sea.example": "member",
      "mette@north-sea.example": "member",
    });
  });

  test("M6 the group's name is changed in place", async () => {
    stack.edit("premium.yaml", "name: North Sea TV", "name: North Sea Television");
    expect(await stack.preview()).toEqual(["update Organization north-sea-tv"]);
    await stack.up();
    expect((await theOrganization()).name).toBe("North Sea Television");
    stack.edit("premium.yaml", "name: North Sea Television", "name: North Sea TV");
    await stack.up();
  });

  test("M4 an administrator is made and unmade in place", async () => {
    const jan = await stack.idOf("Membership", "north-sea-tv-jan");
    for (const [from, to] of [
      ["member", "administrator"],
      ["administrator", "member"],
    ] as const) {
      stack.edit("premium.yaml", `jan@north-sea.example, role: ${from}`, `jan@north-sea.example, role: ${to}`);
      expect(await stack.preview()).toEqual(["update Membership north-sea-tv-jan"]);
      await stack.up();
      expect((await roles()).jan).toBe(to);
      expect(await stack.idOf("Membership", "north-sea-tv-jan")).toBe(jan);
    }
  });

  test("M7 the logo links to the website while both are there", async () => {
    expect((await stack.outputs()).logoLinkActive).toBe(true);
    stack.edit("premium.yaml", "  websiteUrl: https://north-sea.example\n", "");
    await stack.up();
    expect((await stack.outputs()).logoLinkActive).toBe(false);
    expect(await theOrganization()).toMatchObject({ websiteUrl: null, logoLinkActive: false });
    stack.edit("premium.yaml", "  logo: logo.png", "  websiteUrl: https://north-sea.example\n  logo: logo.png");
    await stack.up();
    expect((await theOrganization()).logoLinkActive).toBe(true);
  });

  test("M8 the viewer shows the logo, and another content of the file is one change", async () => {
    const shown = async () => {
      const response = await fetch(`${service.endpoint}/logos/${organization}`);
      return Buffer.from(await response.arrayBuffer());
    };
    const first = readFileSync(path.join(stack.folder, "logo.png"));
    expect(await shown()).toEqual(first);
    const second = image("png", { width: 8, height: 8 });
    writeFileSync(path.join(stack.folder, "logo.png"), second);
    const [before, after] = [first, second].map((content) => createHash("sha256").update(content).digest("hex"));
    const { stdout } = await stack.succeed("preview", "--diff");
    expect(stdout).toContain(`"${before}" => "${after}"`);
    await stack.up();
    expect(await shown()).toEqual(second);
    expect(await stack.preview()).toEqual([]);
  });

  test("M5 a removed member's account survives", async () => {
    const mette = "  mette: { email: mette@north-sea.example, role: member }\n";
    stack.edit("premium.yaml", mette, "");
    expect(await stack.preview()).toEqual(["delete Membership north-sea-tv-mette"]);
    await stack.up();
    expect(await roles()).toEqual({ inga: "administrator", jan: "member" });
    expect((await service.ask("GET", `/v1/users/${accounts.get("mette")}`)).body.status).not.toBe("inactive");
  });

  test("M1 a plan that what is declared exceeds is refused at preview, and by the service too, which says whom to contact", async () => {
    stack.edit("premium.yaml", "plan: premium", "plan: basic");
    const { status, output } = await stack.run("preview");
    expect(status).not.toBe(0);
    expect(output).toContain("it needs subscription.plan: premium or enterprise");
    stack.edit("premium.yaml", "  websiteUrl: https://north-sea.example\n  logo: logo.png", "");
    const refused = await stack.run("up", "--yes", "--skip-preview");
    expect(refused.output).toContain("plan_required");
    expect(refused.output).toContain(contact);
    expect((await theOrganization()).subscription).toMatchObject({ plan: "premium" });
  });

  test("M10 on the enterprise plan there is a key for each integration and environment, each its own", async () => {
    await stack.succeed("config", "set", "plan", "enterprise");
    await stack.up();
    expect(await stack.preview()).toEqual([]);
    expect(await theOrganization()).toMatchObject({
      subscription: { plan: "enterprise" },
      features: { externalApiAccess: true },
      logoLinkActive: true,
    });
    const made = await keys();
    expect(new Set(Object.values(made)).size).toBe(4);
    for (const [name, key] of Object.entries(made)) expect(await verify(key), name).toBe("accepted");
    // From anywhere but the playout centre, its key is worth nothing.
    expect(await verify(made["playout-production"], "198.51.100.7")).toBe("address_not_allowed");
    expect((await stack.outputs()).keyList).toMatchObject({
      "playout-production": { name: "Playout (production)", endDate: "2035-12-31", status: "active" },
      "archive-production": { name: "Archive (production)", status: "active" },
    });
  });

  test("M14 the list shows when a key was used last, and that is no change", async () => {
    await stack.succeed("up", "--yes", "--skip-preview", "--refresh");
    const { keyList } = (await stack.outputs()) as { keyList: Record<string, { lastUsedAt?: string }> };
    expect(keyList["playout-staging"]?.lastUsedAt).toMatch(/^\d{4}-.*Z$/);
    expect(await stack.preview()).toEqual([]);
  });

  test("M15 one key is revoked at once, stays in the list, and the others go on", async () => {
    const before = await keys();
    stack.edit("enterprise.yaml", "name: Archive (production)", "name: Archive (production)\n    state: revoked");
    expect(await stack.preview()).toEqual(["update ApiKey north-sea-tv-archive-production"]);
    await stack.up();
    expect(await verify(before["archive-production"])).toBe("revoked");
    for (const name of ["playout-production", "playout-staging", "statistics-production"]) {
      expect(await verify(before[name]), name).toBe("accepted");
    }
    const listed = await service.list(`/v1/organizations/${organization}/api-keys`);
    expect(listed.map(({ name, status }) => [name, status])).toContainEqual(["Archive (production)", "revoked"]);
    expect(await stack.preview()).toEqual([]);
  });

  test("what somebody changes in the dashboard shows after a refresh, and is repaired", async () => {
    const jan = await stack.idOf("Membership", "north-sea-tv-jan");
    await service.ask("PATCH", `/v1/members/${jan}`, { role: "administrator" });
    const upload = { logo: { content: image("webp").toString("base64") } };
    await service.ask("PATCH", `/v1/organizations/${organization}`, upload);
    await stack.succeed("refresh", "--yes", "--skip-preview");
    expect((await stack.preview()).toSorted()).toEqual([
      "update Membership north-sea-tv-jan",
      "update Organization north-sea-tv",
    ]);
    await stack.up();
    expect((await roles()).jan).toBe("member");
    expect((await theOrganization()).logo).toMatchObject({ mediaType: "image/png" });
    expect(await stack.preview()).toEqual([]);
  });

  test("destroy closes the organization, and leaves people their accounts", async () => {
    const made = await keys();
    await stack.succeed("destroy", "--yes", "--skip-preview");
    expect((await theOrganization()).status).toBe("closed");
    for (const [name, key] of Object.entries(made)) expect(await verify(key), name).not.toBe("accepted");
    for (const id of accounts.values()) {
      expect((await service.ask("GET", `/v1/users/${id}`)).body.status).not.toBe("inactive");
    }
    expect((await fetch(`${service.endpoint}/logos/${organization}`)).status).toBe(404);
  });
});
