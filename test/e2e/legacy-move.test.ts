/** examples/legacy-move on the real engine: old and new keys at each step, as the service that is called finds them. */
import { createHash, randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";

const legacySecret = "what-every-integration-shares";
const clientSecret = randomBytes(32).toString("base64url");

describe("examples/legacy-move", () => {
  const service = useService();
  const stack = useStack("examples/legacy-move", service, "acme");
  let legacyId = "";
  let organizationId = "";

  beforeAll(async () => {
    const organization = await service.ask("POST", "/v1/organizations", {
      slug: "acme",
      name: "Acme",
      subscription: { plan: "enterprise" },
      features: { externalApiAccess: true },
    });
    organizationId = String(organization.body.id);
    const legacy = await service.ask("POST", `/v1/organizations/${organizationId}/api-key-imports`, {
      name: "Shared key",
      sha256: createHash("sha256").update(legacySecret).digest("hex"),
      createdAt: "2019-03-01T00:00:00Z",
    });
    legacyId = String(legacy.body.id);
    await stack.setSecret("checkoutSecret", clientSecret);
  });

  test("M17 the first up adopts the legacy key, which works unchanged, and makes one key per integration", async () => {
    expect(await service.verify(legacySecret)).toMatchObject({ outcome: "accepted", key: legacyId });
    await stack.up();
    const { legacy, keys } = await stack.outputs();
    expect(legacy).toBe("Shared key (legacy)");
    expect(await stack.idOf("ApiKey", "acme-legacy")).toBe(legacyId);
    expect(Object.keys(keys as object).toSorted()).toEqual(["checkout", "partner", "reports", "storefront"]);
    const { reports, ...integrations } = await stack.keys();
    for (const secret of [legacySecret, ...Object.values(integrations)]) {
      expect(await service.verify(secret)).toMatchObject({ outcome: "accepted" });
    }
    // The account of its owner is not set up yet.
    expect(await service.verify(reports)).toMatchObject({ outcome: "refused" });
  });

  test("C18 the client's own secret is the key's, and ciphertext in the state", async () => {
    expect((await stack.keys()).checkout).toBe(clientSecret);
    const { text } = await stack.exported();
    expect(text).not.toContain(clientSecret);
    const { inputs, outputs } = await stack.resource("ApiKey", "acme-checkout");
    for (const value of [inputs?.secret, outputs?.secret, outputs?.key]) {
      expect(value).toMatchObject({ ciphertext: expect.any(String) });
    }
  });

  test("A9 C11 C12 a partner is offered a key and is no member; a member has the names and the key of the manifest", async () => {
    const assignment = await stack.resource("ApiKeyAssignment", "acme-partner-dev@partner.example");
    expect(assignment.outputs).toMatchObject({ external: true, status: "pending" });
    const members = await service.list(`/v1/organizations/${organizationId}/members`);
    expect(members.map(({ email }) => email)).toEqual(["ines@acme.example"]);
    const [ines] = await service.list("/v1/users");
    expect(ines).toMatchObject({ givenName: "Ines", familyName: "Costa", inviteSentAt: null });
    const { body } = await service.ask("GET", `/v1/api-keys/${await stack.idOf("ApiKey", "acme-reports")}`);
    expect(body).toMatchObject({ owner: ines?.id, status: "active" });
  });

  test("M17 the switch revokes the legacy key for good, and no other", async () => {
    stack.edit("keys.yaml", "adopt: true, state: active", "adopt: true, state: revoked");
    expect(await stack.apply()).toEqual(["update ApiKey acme-legacy"]);
    const { reports: _, ...integrations } = await stack.keys();
    expect(await service.verify(legacySecret)).toMatchObject({ outcome: "refused", reason: "revoked" });
    for (const secret of Object.values(integrations)) {
      expect(await service.verify(secret)).toMatchObject({ outcome: "accepted" });
    }
    const { body } = await service.ask("GET", `/v1/api-keys/${legacyId}`);
    expect(body).toMatchObject({ status: "revoked", legacy: true, createdAt: "2019-03-01T00:00:00.000Z" });
  });

  test("destroy leaves no active key, the legacy one revoked, and the organization as it was", async () => {
    await stack.destroy();
    const { body } = await service.ask("GET", `/v1/api-keys/${legacyId}`);
    expect(body).toMatchObject({ status: "revoked", legacy: true });
    const keys = await service.list(`/v1/organizations/${organizationId}/api-keys`);
    expect(keys.map(({ status }) => status)).toEqual(Array(5).fill("revoked"));
    const organization = await service.ask("GET", `/v1/organizations/${organizationId}`);
    expect(organization.body).toMatchObject({ slug: "acme", name: "Acme", status: "open", externalId: null });
  });
});
