/** Secrets that clients make: none that is easy to guess, and none that is known already, wherever that is. */
import { expect, test } from "vitest";
import { clientSecret, makeScenario, type Scenario, sha256 } from "./support/scenario.ts";
import { keyMaterial, makePepper, onEachDatabase } from "./support/service.ts";

const inUse = "This secret can't be used. Generate another one.";

onEachDatabase("client-made secrets", (service) => {
  const create = async ({ owner, path }: Scenario, secret: string) =>
    await owner.refused("unprocessable", "createApiKey", { path, body: { name: "Copy", kind: "webapi", secret } });

  test("one that is easy to guess is refused, at creation and at rotation, and changes nothing", async () => {
    const scenario = await makeScenario(service());
    const { id, name } = await scenario.key({ kind: "webapi", secret: clientSecret() });
    const before = await service().dump();
    for (const secret of ["correct-horse-battery-staple", "a".repeat(512), "2f1b9f6e-0d5c-4b7a-9c3e-8a7d6e5f4c3b"]) {
      const refusals = [
        await create(scenario, secret),
        await scenario.owner.refused("unprocessable", "rotateApiKey", {
          path: { apiKeyId: id },
          body: { generation: 2, secret },
        }),
      ];
      for (const refusal of refusals) {
        expect(refusal.errors).toEqual([
          { in: "body", pointer: "/secret", detail: expect.stringContaining("too easy to guess") },
        ]);
        expect(JSON.stringify(refusal)).not.toContain(secret);
      }
    }
    expect(await service().dump()).toBe(before);
    expect(await scenario.owner.do("getApiKey", { path: { apiKeyId: id } })).toMatchObject({ name, generation: 1 });
  });

  test("a key from before comes in by its hash, whatever its plaintext is", async () => {
    const { owner, path } = await makeScenario(service());
    const secret = "an-old-key-of-ours";
    await owner.do("importApiKey", { path, body: { name: "Old", sha256: sha256(secret) } });
    expect(await owner.do("verifyApiKey", { body: { secret } })).toMatchObject({ outcome: "accepted" });
  });

  test("one that is known is refused without saying where: in the organization, in another, revoked, rotated away, imported", async () => {
    const own = await makeScenario(service());
    const other = await makeScenario(service());
    const secrets = Object.fromEntries(
      ["active", "elsewhere", "revoked", "rotated", "imported"].map((title) => [title, clientSecret()]),
    ) as Record<"active" | "elsewhere" | "revoked" | "rotated" | "imported", string>;
    await own.key({ kind: "webapi", secret: secrets.active });
    await other.key({ kind: "webapi", secret: secrets.elsewhere });
    const revoked = await other.key({ kind: "webapi", secret: secrets.revoked });
    await other.owner.do("revokeApiKey", { path: { apiKeyId: revoked.id } });
    const rotated = await other.key({ kind: "webapi", secret: secrets.rotated });
    const body = { generation: 2, secret: clientSecret() };
    await other.owner.do("rotateApiKey", { path: { apiKeyId: rotated.id }, body });
    await other.owner.do("importApiKey", {
      path: other.path,
      body: { name: "Old", sha256: sha256(secrets.imported) },
    });
    const refusals = [];
    for (const secret of [...Object.values(secrets), (await other.key()).key]) {
      const { requestId: _, ...refusal } = await create(own, secret);
      refusals.push(refusal);
    }
    for (const refusal of refusals) {
      expect(refusal).toEqual(refusals[0]);
    }
    expect(refusals[0]).toMatchObject({ detail: inUse, errors: [{ in: "body", pointer: "/secret", detail: inUse }] });
  });

  test("one that is known under an older pepper is refused too, in every organization", async () => {
    const own = await makeScenario(service());
    const other = await makeScenario(service());
    const [mine, theirs] = [clientSecret(), clientSecret()];
    await own.key({ kind: "webapi", secret: mine });
    await other.key({ kind: "webapi", secret: theirs });
    await service().start({ pepperList: `${keyMaterial.pepper},${makePepper("newer")}` });
    for (const secret of [mine, theirs]) {
      expect((await create(own, secret)).detail).toBe(inUse);
    }
    const { id } = await own.key({ kind: "webapi", secret: clientSecret() });
    const body = { generation: 2, secret: theirs };
    const refusal = await own.owner.refused("unprocessable", "rotateApiKey", { path: { apiKeyId: id }, body });
    expect(refusal.detail).toBe(inUse);
  });
});
