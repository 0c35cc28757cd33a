/** The canonical example on the real engine against the running service, from nothing to destroy. */
import { describe, expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";
import { kindOf } from "./stack.ts";

describe("examples/acme", () => {
  const service = useService();
  const stack = useStack("examples/acme", service);
  let organization = "";
  let keys: Record<string, string> = {};

  function roleOf(members: Record<string, unknown>[], email: string) {
    return members.find((member) => member.email === email && member.status === "active")?.role;
  }

  test("C12 C13 E8 up makes them, as the API says too: each with its role, a robot active at once, nobody mailed", async () => {
    expect(count(await stack.apply())).toEqual({
      "create Organization": 1,
      "create Role": 2,
      "create User": 9,
      "create Membership": 9,
      "create ApiKey": 3,
      "create ApiKeyAssignment": 4,
      "create RandomBytes": 1,
    });
    organization = await stack.idOf("Organization", "acme");
    keys = await stack.keys();

    const { body } = await service.ask("GET", `/v1/organizations/${organization}`);
    expect(body).toMatchObject({
      slug: "acme",
      websiteUrl: "https://acme.example",
      features: { externalApiAccess: true },
      subscription: { plan: "enterprise", billing: "custom" },
      status: "open",
    });
    const members = await service.list(`/v1/organizations/${organization}/members`);
    const roles = await service.list(`/v1/organizations/${organization}/roles`);
    const own = roles.find((role) => role.name === "Release manager");
    expect(Object.fromEntries(members.map((member) => [member.email, member.role]))).toEqual({
      "ada@acme.example": "administrator",
      "grace@acme.example": "customer_admin",
      "katherine@acme.example": "auditor",
      "dorothy@acme.example": "editor",
      "radia@acme.example": "operator",
      "barbara@acme.example": "viewer",
      "frances@acme.example": "member",
      "margaret@acme.example": own?.id,
      "importer@acme.example": "api_user",
    });
    const users = await service.list("/v1/users");
    expect(users.filter(({ kind }) => kind === "system")).toMatchObject([
      { email: "importer@acme.example", status: "active", inviteSentAt: null },
    ]);
    const people = users.filter(({ kind }) => kind === "person");
    expect(people.map(({ status, inviteSentAt }) => [status, inviteSentAt])).toEqual(Array(8).fill(["invited", null]));
  });

  test("the keys authenticate", async () => {
    expect(Object.keys(keys).toSorted()).toEqual(["checkout", "importer", "storefront"]);
    expect(keys.storefront).toMatch(/^rst_server_[0-9A-Za-z]{49}$/);
    expect(keys.importer?.split(".")).toHaveLength(3);
    for (const [name, key] of Object.entries(keys)) {
      const id = await stack.idOf("ApiKey", `acme-${name}`);
      expect(await service.verify(key)).toMatchObject({ outcome: "accepted", key: id, organization });
    }
    expect(await service.verify(`${keys.storefront?.slice(0, -1)}~`)).toMatchObject({
      outcome: "refused",
      reason: "unknown",
    });
  });

  test("the state holds no plaintext key, and at most 100 bytes of provider code for each resource", async () => {
    const { text, resources } = await stack.exported();
    for (const secret of [...Object.values(keys), service.token]) {
      expect(text).not.toContain(secret);
      expect(service.log).not.toContain(secret);
    }
    const ours = resources.filter(({ type }) => kindOf(type) !== undefined);
    expect(ours).toHaveLength(28);
    for (const { urn, inputs, outputs } of ours) {
      for (const code of [inputs?.__provider, outputs?.__provider]) {
        expect(String(code).length, urn).toBeLessThanOrEqual(100);
      }
    }
  });

  test("destroy closes, ends, revokes and deactivates", async () => {
    await stack.destroy();
    const { body } = await service.ask("GET", `/v1/organizations/${organization}`);
    expect(body.status).toBe("closed");
    for (const user of await service.list("/v1/users")) {
      expect(user.status, String(user.email)).toBe("inactive");
    }
    for (const key of Object.values(keys)) {
      expect(await service.verify(key)).toMatchObject({ outcome: "refused" });
    }
  });

  test("E6 after destroy, up brings everybody back and makes the rest again", async () => {
    const before = await service.list("/v1/users");
    await stack.up();
    organization = await stack.idOf("Organization", "acme");
    keys = await stack.keys();
    const after = await service.list("/v1/users");
    expect(after.map(({ id }) => id).toSorted()).toEqual(before.map(({ id }) => id).toSorted());
    expect(after.filter(({ status }) => status === "inactive")).toEqual([]);
    const members = await service.list(`/v1/organizations/${organization}/members`);
    expect(roleOf(members, "ada@acme.example")).toBe("administrator");
  });

  test("E6 nothing is left to be done but what is changed: drift is seen by a refresh and repaired, a key revoked by someone else replaced, and an edited role one more change", async () => {
    const radia = await stack.idOf("Membership", "acme-radia");
    const frances = await stack.idOf("Membership", "acme-frances");
    const storefront = await stack.idOf("ApiKey", "acme-storefront");
    await service.ask("PATCH", `/v1/members/${radia}`, { role: "editor" });
    await service.ask("PATCH", `/v1/organizations/${organization}`, { websiteUrl: null });
    await service.ask("DELETE", `/v1/members/${frances}`);
    await service.ask("DELETE", `/v1/api-keys/${storefront}`);
    expect(await service.verify(keys.storefront)).toMatchObject({ outcome: "refused", reason: "revoked" });
    stack.edit("roster.yaml", "flows:read, flows:run]", "flows:read, flows:run, data:edit]");

    expect((await stack.apply("--refresh")).toSorted()).toEqual([
      "create Membership acme-frances",
      "replace ApiKey acme-storefront",
      "replace ApiKeyAssignment acme-storefront-ada",
      "replace ApiKeyAssignment acme-storefront-dorothy",
      "update Membership acme-radia",
      "update Organization acme",
      "update Role acme-release-manager",
    ]);
    const role = await service.ask("GET", `/v1/roles/${await stack.idOf("Role", "acme-release-manager")}`);
    expect(role.body.permissions).toContain("data:edit");

    const members = await service.list(`/v1/organizations/${organization}/members`);
    expect(roleOf(members, "radia@acme.example")).toBe("operator");
    expect(roleOf(members, "frances@acme.example")).toBe("member");
    const { body } = await service.ask("GET", `/v1/organizations/${organization}`);
    expect(body.websiteUrl).toBe("https://acme.example");

    const renewed = await stack.keys();
    expect(renewed.storefront).not.toBe(keys.storefront);
    expect(await service.verify(renewed.storefront)).toMatchObject({ outcome: "accepted" });
    expect(renewed.checkout).toBe(keys.checkout);
    keys = renewed;
  });
});

/** How many steps of each kind there are of each kind of resource. */
function count(steps: readonly string[]): Record<string, number> {
  const kinds = steps.map((step) => step.split(" ").slice(0, 2).join(" "));
  return Object.fromEntries([...new Set(kinds)].map((kind) => [kind, kinds.filter((other) => other === kind).length]));
}
