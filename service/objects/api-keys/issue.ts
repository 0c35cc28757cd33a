/** Generates a key's secret, or accepts the client's, and stores its hash. */
import { clientSecretMinBits, estimateEntropyBits, type Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { jwtMaterial, looksLikeJwt, makeJti } from "../../auth/resolver.ts";
import { digestOf, fingerprintOf, keyedHash, keyedHashes, keyedHashOfDigest } from "../../keys/peppers.ts";
import { isBroken, makeSecret, prefixOf, secretMark } from "../../keys/secret-format.ts";
import { unprocessable } from "../../problems.ts";
import type { StoredKeyKind } from "../../rows/tables.ts";

/** The key that a secret is issued for. */
export interface IssueRequest {
  readonly keyId: string;
  readonly generation: number;
  readonly kind: StoredKeyKind;
  readonly format: Schemas["ApiKeyFormat"];
  readonly organizationId: string;
  readonly ownerId: string | null;
  readonly expiresAt: Date | null;
  /** The secret that the client made, for kind `webapi`. */
  readonly clientSecret: string | undefined;
}

/**
 * Generates a key's secret, or accepts the client's, and stores its keyed hash.
 *
 * @returns the plaintext for the answer; null if the client made the secret.
 * @throws Refusal `unprocessable` if the client's secret can't be used.
 */
export async function issueSecret(context: Context, request: IssueRequest): Promise<string | null> {
  const { db, now, facilities, run } = context;
  const { peppers, signingKeys } = facilities;
  const { plaintext, material, prefix } = await makePlaintext(context, request);
  if (request.clientSecret !== undefined) {
    await refuseUsedSecret(context, request, material);
  }
  const secret = {
    hash: keyedHash(peppers.newest, material),
    pepper_version: peppers.newest.version,
    signing_kid: request.format === "jwt" ? signingKeys.newestKid : null,
    prefix,
    fingerprint: fingerprintOf(peppers.newest, digestOf(material)),
    expires_at: null,
    hold_while_used_seconds: null,
    used_at: null,
    created_at: now,
    created_run: run ?? null,
  };
  await db
    .insertInto("api_key_secrets")
    .values({ key_id: request.keyId, generation: request.generation, ...secret })
    .onConflict((conflict) => conflict.columns(["key_id", "generation"]).doUpdateSet(secret))
    .execute();
  return plaintext === null ? null : facilities.secrets.answered(plaintext);
}

/**
 * Stores the secret of an imported key by its SHA-256, in the same form as other secrets, so that its plaintext still
 * authenticates.
 *
 * @throws Refusal `unprocessable` if the hash is already in use in any organization.
 */
export async function storeDigest(
  { db, facilities: { peppers } }: Pick<Context, "db" | "facilities">,
  secret: { readonly keyId: string; readonly digest: Buffer; readonly createdAt: Date; readonly usedAt: Date | null },
): Promise<void> {
  const { keyId, digest, createdAt, usedAt } = secret;
  const hashes = peppers.all.map((pepper) => keyedHashOfDigest(pepper, digest));
  const known = await db.selectFrom("api_key_secrets").select("key_id").where("hash", "in", hashes).executeTakeFirst();
  if (known !== undefined) {
    throw unprocessable("/sha256", "This hash can't be imported: it is already in use.");
  }
  await db
    .insertInto("api_key_secrets")
    .values({
      key_id: keyId,
      generation: 1,
      hash: keyedHashOfDigest(peppers.newest, digest),
      pepper_version: peppers.newest.version,
      signing_kid: null,
      prefix: "",
      fingerprint: fingerprintOf(peppers.newest, digest),
      expires_at: null,
      used_at: usedAt,
      created_at: createdAt,
      created_run: null,
    })
    .execute();
}

async function makePlaintext(
  { now, facilities }: Context,
  { kind, format, organizationId, ownerId, expiresAt, clientSecret }: IssueRequest,
): Promise<{ plaintext: string | null; material: string; prefix: string }> {
  if (clientSecret !== undefined) {
    refuseMisleading(clientSecret);
    refuseWeak(clientSecret);
    return { plaintext: null, material: clientSecret, prefix: "" };
  }
  if (format === "opaque") {
    const plaintext = makeSecret(kind);
    return { plaintext, material: plaintext, prefix: prefixOf(plaintext, kind) };
  }
  if (ownerId === null) {
    throw new Error("a JWT key without an owner");
  }
  const jti = makeJti();
  const plaintext = await facilities.signingKeys.sign({ jti, organizationId, ownerId, expiresAt }, now);
  return { plaintext, material: jwtMaterial(jti), prefix: "" };
}

/** Refuses a client's secret that the resolver would take for another kind of secret. */
function refuseMisleading(secret: string): void {
  if (looksLikeJwt(secret)) {
    throw unprocessable("/secret", "A client-made secret must not be a JWT.");
  }
  if (isBroken(secret)) {
    throw unprocessable("/secret", `A secret that begins with ${secretMark} must be complete, including its checksum.`);
  }
}

function refuseWeak(secret: string): void {
  if (estimateEntropyBits(secret) >= clientSecretMinBits) {
    return;
  }
  const detail = `The secret is too easy to guess. Generate one with at least ${clientSecretMinBits} random bits.`;
  throw unprocessable("/secret", detail);
}

/**
 * Refuses a secret that is already in use in any organization, without revealing where. The secret that is replaced may be
 * the same, because a client that got no answer sends it again.
 */
async function refuseUsedSecret(
  { db, facilities }: Context,
  { keyId, generation }: IssueRequest,
  material: string,
): Promise<void> {
  const hashes = keyedHashes(facilities.peppers, material);
  const known = await db
    .selectFrom("api_key_secrets")
    .select("key_id")
    .where("hash", "in", hashes)
    .where((where) => where.or([where("key_id", "!=", keyId), where("generation", "!=", generation)]))
    .executeTakeFirst();
  if (known !== undefined) {
    throw unprocessable("/secret", "This secret can't be used. Generate another one.");
  }
}
