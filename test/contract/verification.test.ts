import { expect, test } from "vitest";
import { makeScenario, nobody, type Scenario } from "./support/scenario.ts";
import { keyMaterial, makePepper, makeSigningKey, onEachDatabase } from "./support/service.ts";

const dayMs = 24 * 60 * 60 * 1000;

interface Claims {
  iss: string;
  aud: string;
  sub: string;
  jti: string;
  exp?: number;
}

onEachDatabase("verification", (service) => {
  const verify = async (secret: string) => await service().as().do("verifyApiKey", { body: { secret } });

  const makeJwt = async (scenario: Scenario) => {
    const { user, membership } = await scenario.member("api_user");
    const key = await scenario.key({ kind: "user", format: "jwt", owner: user.id });
    const [, payload = ""] = key.key.split(".");
    const claims: Claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    return { user, membership, key, claims };
  };

  test("every reason of a refusal", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    expect(await verify("never seen before")).toEqual(nobody);
    const { user, membership } = await scenario.member("viewer");
    const { key } = await scenario.key({ kind: "user", owner: user.id });
    expect(await verify(key)).toMatchObject({ outcome: "accepted", owner: user.id });
    await owner.do("deactivateUser", { path: { userId: user.id } });
    expect(await verify(key)).toMatchObject({
      outcome: "refused",
      reason: "owner_inactive",
      detail: "The owner's account is inactive.",
      permissions: [],
    });
    await owner.do("updateUser", { path: { userId: user.id }, body: { state: "active" } });
    expect(await verify(key)).toMatchObject({ outcome: "accepted" });
    await owner.do("endMembership", { path: { membershipId: membership.id } });
    expect(await verify(key)).toMatchObject({ outcome: "refused", reason: "revoked" });
    const jwt = await makeJwt(scenario);
    await owner.do("updateMembership", { path: { membershipId: jwt.membership.id }, body: { role: "viewer" } });
    expect(await verify(jwt.key.key)).toMatchObject({ outcome: "refused", reason: "owner_not_member" });
    await owner.do("updateMembership", { path: { membershipId: jwt.membership.id }, body: { role: "api_user" } });
    expect(await verify(jwt.key.key)).toMatchObject({
      outcome: "accepted",
      permissions: ["messages:read_own", "api:call"],
    });
    await owner.do("closeOrganization", { path });
    expect(await verify(jwt.key.key)).toMatchObject({ outcome: "refused", reason: "organization_closed" });
  });

  test("an invited person's key waits for the person; a block for misuse stops it, one for failed logins doesn't", async () => {
    const scenario = await makeScenario(service());
    const person = await scenario.user({ kind: "person", invite: false });
    await scenario.owner.do("createMembership", { path: scenario.path, body: { user: person.id, role: "viewer" } });
    const { id, key, ownerStatus } = await scenario.key({ kind: "user", owner: person.id });
    expect(ownerStatus).toBe("invited");
    expect(await verify(key)).toMatchObject({
      reason: "owner_inactive",
      detail: "The owner has not finished setting up the account.",
    });
    const set = async (columns: { activated_at?: Date; block_reason?: "failed_logins" | "misuse" }) =>
      await service().database.updateTable("users").set(columns).where("id", "=", person.id).execute();
    await set({ activated_at: new Date() });
    expect(await verify(key)).toMatchObject({ outcome: "accepted" });
    expect(await verify(key)).not.toHaveProperty("detail");
    const read = await scenario.owner.do("getApiKey", { path: { apiKeyId: id } });
    expect(read.ownerStatus).toBe("active");
    expect((await scenario.key()).ownerStatus).toBeNull();
    await set({ block_reason: "failed_logins" });
    expect(await verify(key)).toMatchObject({ outcome: "accepted" });
    await set({ block_reason: "misuse" });
    expect(await verify(key)).toMatchObject({ reason: "owner_inactive", detail: "The owner's account is blocked." });
    expect(await scenario.owner.do("getUser", { path: { userId: person.id } })).toMatchObject({ status: "blocked" });
  });

  test("whoever is not the service owner learns of the own organization's keys only", async () => {
    const own = await makeScenario(service());
    const other = await makeScenario(service());
    const client = await own.withPermissions("keys:verify");
    const ask = async (secret: string) => await client.do("verifyApiKey", { body: { secret } });
    expect(await ask((await own.key()).key)).toMatchObject({ outcome: "accepted" });
    expect(await ask((await other.key()).key)).toEqual(nobody);
    const plain = await own.withPermissions("keys:read");
    await plain.refused("permission_denied", "verifyApiKey", { body: { secret: "x" } });
  });

  test("a wrong checksum is refused before any database call", async () => {
    const scenario = await makeScenario(service());
    const { key } = await scenario.key();
    const last = key.endsWith("0") ? "1" : "0";
    expect(await verify(key.slice(0, -1) + last)).toEqual(nobody);
  });

  test("a JWT names its key, doesn't expire, and is checked on every request", async () => {
    const scenario = await makeScenario(service());
    const { key, claims, user } = await makeJwt(scenario);
    expect(claims).toMatchObject({ iss: "urn:roster", aud: scenario.organization.id, sub: user.id });
    expect(claims.exp).toBeUndefined();
    expect(await verify(key.key)).toMatchObject({ outcome: "accepted", key: key.id, owner: user.id });
    await service().as(key.key).refused("permission_denied", "listMembers", { path: scenario.path });
    const { keys } = await service().as().do("getSigningKeys");
    expect(keys).toEqual([expect.objectContaining({ kty: "OKP", kid: "first", alg: "EdDSA", use: "sig" })]);
    expect(JSON.stringify(keys)).not.toContain('"d"');
    await scenario.owner.do("revokeApiKey", { path: { apiKeyId: key.id } });
    expect(await verify(key.key)).toMatchObject({ outcome: "refused", reason: "revoked" });
  });

  test("a JWT key needs an owner with the role api_user, and an end date needs the organization's leave", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const { user: viewer } = await scenario.member("viewer");
    const body = { name: "JWT", kind: "user" as const, format: "jwt" as const };
    await owner.refused("unprocessable", "createApiKey", { path, body: { ...body, owner: viewer.id } });
    await owner.refused("unprocessable", "createApiKey", { path, body: { ...body, kind: "server" } });
    const { user } = await scenario.member("api_user");
    const endDate = new Date(service().now().getTime() + dayMs).toISOString();
    await owner.refused("unprocessable", "createApiKey", { path, body: { ...body, owner: user.id, endDate } });
    await owner.do("updateOrganization", { path, body: { settings: { allowExpiringJwt: true } } });
    const { id, key } = await scenario.key({ ...body, owner: user.id, endDate });
    expect(await verify(key)).toMatchObject({ outcome: "accepted" });
    await owner.refused("unprocessable", "updateApiKey", { path: { apiKeyId: id }, body: { endDate: null } });
    service().advance(dayMs + 1000);
    expect(await verify(key)).toMatchObject({ outcome: "refused", reason: "expired" });
  });

  test("regenerating a JWT key ends its predecessor", async () => {
    const scenario = await makeScenario(service());
    const { key } = await makeJwt(scenario);
    const rotated = await scenario.owner.do("rotateApiKey", { path: { apiKeyId: key.id }, body: { generation: 2 } });
    expect(await verify(key.key)).toMatchObject({ outcome: "refused", reason: "revoked" });
    expect(await verify(rotated.key ?? "")).toMatchObject({ outcome: "accepted" });
  });

  test("peppers and signing keys retire: old ones verify, new ones are used, missing ones stop the start", async () => {
    // Only this test's keys may depend on the old pepper from here on.
    await service().database.updateTable("api_keys").set({ revoked_at: new Date() }).execute();
    const scenario = await makeScenario(service());
    const { key } = await scenario.key();
    const { key: jwt } = await makeJwt(scenario);
    const second = makePepper("v2");
    const signingKeyList = [keyMaterial.signingKey, makeSigningKey("second", "ES256")];
    await expect(service().start({ pepperList: second })).rejects.toThrow(/ROSTER_KEY_PEPPERS.*v1/);
    await expect(service().start({ signingKeyList: signingKeyList.slice(1) })).rejects.toThrow(
      /ROSTER_SIGNING_KEYS.*first/,
    );
    const pepperList = `${keyMaterial.pepper},${second}`;
    await service().start({ pepperList, signingKeyList });
    expect(await verify(key)).toMatchObject({ outcome: "accepted" });
    expect(await verify(jwt.key)).toMatchObject({ outcome: "accepted" });
    expect(await verify(key)).toMatchObject({ outcome: "accepted" });
    const newer = await makeJwt(scenario);
    expect(await verify(newer.key.key)).toMatchObject({ outcome: "accepted" });
    const rows = await service()
      .database.selectFrom("api_key_secrets")
      .innerJoin("api_keys", "api_keys.id", "api_key_secrets.key_id")
      .select(["pepper_version", "signing_kid"])
      .where("revoked_at", "is", null)
      .execute();
    expect(rows.map(({ pepper_version }) => pepper_version)).toEqual(["v2", "v2", "v2"]);
    expect(rows.map(({ signing_kid }) => signing_kid).sort()).toEqual(["first", "second", null].sort());
    await service().start({ pepperList: second, signingKeyList });
    expect(await verify(key)).toMatchObject({ outcome: "accepted" });
  });
});
