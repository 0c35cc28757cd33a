/** Checks at startup that every pepper and signing key in use is listed. */
import type { Database } from "../rows/tables.ts";
import type { Peppers } from "./peppers.ts";
import type { SigningKeys } from "./signing-keys.ts";

/**
 * Requires that the peppers and signing keys of all secrets that can still authenticate are listed.
 *
 * @throws Error that names the missing versions and the setting.
 */
export async function checkKeyMaterial(
  db: Database,
  peppers: Peppers,
  signingKeys: SigningKeys,
  now: Date,
): Promise<void> {
  const used = await db
    .selectFrom("api_key_secrets")
    .innerJoin("api_keys", "api_keys.id", "api_key_secrets.key_id")
    .select(["api_key_secrets.pepper_version", "api_key_secrets.signing_kid"])
    .distinct()
    .where("api_keys.revoked_at", "is", null)
    .where((where) => where.or([where("api_keys.expires_at", "is", null), where("api_keys.expires_at", ">", now)]))
    .where((where) =>
      where.or([
        where("api_key_secrets.expires_at", "is", null),
        where("api_key_secrets.expires_at", ">", now),
        where("api_key_secrets.hold_while_used_seconds", "is not", null),
      ]),
    )
    .execute();
  const tokens = await db
    .selectFrom("access_tokens")
    .select("pepper_version")
    .distinct()
    .where("revoked_at", "is", null)
    .where("expires_at", ">", now)
    .execute();
  const versions = new Set([...used, ...tokens].map(({ pepper_version }) => pepper_version));
  const kids = new Set(used.flatMap(({ signing_kid }) => signing_kid ?? []));
  refuseMissing(
    "ROSTER_KEY_PEPPERS",
    "active API keys or access tokens depend on the pepper",
    [...versions].filter((version) => peppers.find(version) === undefined),
  );
  refuseMissing(
    "ROSTER_SIGNING_KEYS",
    "active API keys depend on the signing key",
    [...kids].filter((kid) => !signingKeys.kids.includes(kid)),
  );
}

function refuseMissing(variable: string, dependence: string, missing: readonly string[]): void {
  if (missing.length === 0) {
    return;
  }
  throw new Error(
    `${variable}: ${dependence} ${missing.join(", ")}, which is not listed. ` +
      "Add it to the list (before the newest), or revoke those first.",
  );
}
