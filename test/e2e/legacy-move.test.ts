/** examples/legacy-move on the real engine: old and new keys at each step, as the service that is called finds them. */
import { createHash } from "node:crypto";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { Service } from "./service.ts";
import { Stack } from "./stack.ts";

const legacySecret = "what-every-integration-shares";

describe("examples/legacy-move", () => {
  let service: Service;
  let stack: Stack;
  let legacyId = "";

  beforeAll(async () => {
    service = await Service.start();
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
    stack = new Stack(path.join(paths.checkout, "examples/legacy-move"), service);
    await stack.init("acme");
    const settings = {
      organization: "acme",
      legacyKey: "Shared key",
      "integrations[0]": "Storefront (production)",
      "integrations[1]": "Nightly export",
    };
    for (const [key, value] of Object.entries(settings)) await stack.succeed("config", "set", "--path", key, value);
  });
  afterAll(async () => {
    stack?.remove();
    await service?.stop();
  });

  const verify = async (secret: unknown) => (await service.ask("POST", "/v1/verifications", { secret })).body;

  test("M17 the first up adopts the legacy key, which works unchanged, and makes one key per integration", async () => {
    expect(await verify(legacySecret)).toMatchObject({ outcome: "accepted", key: legacyId });
    await stack.up();
    expect(await stack.preview()).toEqual([]);
    const { legacy, keys } = await stack.outputs();
    expect(legacy).toBe("Shared key (legacy)");
    expect(await stack.idOf("ApiKey", "legacy")).toBe(legacyId);
    expect(Object.keys(keys as object)).toEqual(["Nightly export", "Storefront (production)"]);
    for (const secret of [legacySecret, ...Object.values(keys as object)]) {
      expect(await verify(secret)).toMatchObject({ outcome: "accepted" });
    }
  });

  test("M17 the switch revokes the legacy key for good, and no other", async () => {
    await stack.succeed("config", "set", "revokeLegacy", "true");
    expect(await stack.preview()).toEqual(["update ApiKey legacy"]);
    await stack.up();
    expect(await stack.preview()).toEqual([]);
    const { keys } = await stack.outputs();
    expect(await verify(legacySecret)).toMatchObject({ outcome: "refused", reason: "revoked" });
    for (const secret of Object.values(keys as object)) {
      expect(await verify(secret)).toMatchObject({ outcome: "accepted" });
    }
    const { body } = await service.ask("GET", `/v1/api-keys/${legacyId}`);
    expect(body).toMatchObject({ status: "revoked", legacy: true, createdAt: "2019-03-01T00:00:00.000Z" });
  });

  test("destroy leaves no active key, and the legacy one revoked", async () => {
    await stack.succeed("destroy", "--yes", "--skip-preview");
    const { body } = await service.ask("GET", `/v1/api-keys/${legacyId}`);
    expect(body).toMatchObject({ status: "revoked", legacy: true });
    const keys = await service.list(`/v1/organizations/${body.organization}/api-keys`);
    expect(keys.map(({ status }) => status)).toEqual(["revoked", "revoked", "revoked"]);
  });
});
