/** examples/legacy-move on the real engine: old and new keys at each step, as the service that is called finds them. */
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";

const legacySecret = "what-every-integration-shares";

describe("examples/legacy-move", () => {
  const service = useService();
  const stack = useStack("examples/legacy-move", service, "acme");
  let legacyId = "";

  beforeAll(async () => {
    const organization = await service.ask("POST", "/v1/organizations", {
      slug: "acme",
      name: "Acme",
      subscription: { plan: "enterprise" },
      features: { externalApiAccess: true },
    });
    const legacy = await service.ask("POST", `/v1/organizations/${organization.body.id}/api-key-imports`, {
      name: "Shared key",
      sha256: createHash("sha256").update(legacySecret).digest("hex"),
      createdAt: "2019-03-01T00:00:00Z",
    });
    legacyId = String(legacy.body.id);
    const settings = {
      organization: "acme",
      legacyKey: "Shared key",
      "integrations[0]": "Storefront (production)",
      "integrations[1]": "Nightly export",
    };
    for (const [key, value] of Object.entries(settings)) {
      await stack.succeed("config", "set", "--path", key, value);
    }
  });

  test("M17 the first up adopts the legacy key, which works unchanged, and makes one key per integration", async () => {
    expect(await service.verify(legacySecret)).toMatchObject({ outcome: "accepted", key: legacyId });
    await stack.up();
    const { legacy, keys } = await stack.outputs();
    expect(legacy).toBe("Shared key (legacy)");
    expect(await stack.idOf("ApiKey", "legacy")).toBe(legacyId);
    expect(Object.keys(keys as object)).toEqual(["Nightly export", "Storefront (production)"]);
    for (const secret of [legacySecret, ...Object.values(keys as object)]) {
      expect(await service.verify(secret)).toMatchObject({ outcome: "accepted" });
    }
  });

  test("M17 the switch revokes the legacy key for good, and no other", async () => {
    await stack.succeed("config", "set", "revokeLegacy", "true");
    expect(await stack.apply()).toEqual(["update ApiKey legacy"]);
    expect(await stack.apply()).toEqual([]);
    const { keys } = await stack.outputs();
    expect(await service.verify(legacySecret)).toMatchObject({ outcome: "refused", reason: "revoked" });
    for (const secret of Object.values(keys as object)) {
      expect(await service.verify(secret)).toMatchObject({ outcome: "accepted" });
    }
    const { body } = await service.ask("GET", `/v1/api-keys/${legacyId}`);
    expect(body).toMatchObject({ status: "revoked", legacy: true, createdAt: "2019-03-01T00:00:00.000Z" });
  });

  test("destroy leaves no active key, and the legacy one revoked", async () => {
    await stack.destroy();
    const { body } = await service.ask("GET", `/v1/api-keys/${legacyId}`);
    expect(body).toMatchObject({ status: "revoked", legacy: true });
    const keys = await service.list(`/v1/organizations/${body.organization}/api-keys`);
    expect(keys.map(({ status }) => status)).toEqual(["revoked", "revoked", "revoked"]);
  });
});
