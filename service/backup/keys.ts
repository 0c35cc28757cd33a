/** What a backup says of the secrets that it needs, and never holds. */
import { calculateJwkThumbprint } from "jose";
import { deriveKey } from "../keys/encryption.ts";
import type { Pepper, Peppers } from "../keys/peppers.ts";
import type { SigningKeys } from "../keys/signing-keys.ts";
import { BackupError } from "./backup-error.ts";

const markBytes = 12;

/** The secrets that a service runs on and its database doesn't hold. */
export interface BackupKeys {
  readonly peppers: Peppers;
  readonly signingKeys: SigningKeys;
}

/** Marks of secrets, by version or kid: they tell whether another secret has the same name, and nothing about it. */
export interface KeyMarks {
  readonly peppers: Readonly<Record<string, string>>;
  readonly signingKeys: Readonly<Record<string, string>>;
}

/** The marks of all listed secrets. */
export async function marksOf({ peppers, signingKeys }: BackupKeys): Promise<KeyMarks> {
  const thumbprints = signingKeys.published.keys.map(async (jwk) => [jwk.kid, await calculateJwkThumbprint(jwk)]);
  return {
    peppers: Object.fromEntries(peppers.all.map((pepper) => [pepper.version, markOf(pepper)])),
    signingKeys: Object.fromEntries(await Promise.all(thumbprints)),
  };
}

/**
 * Makes sure that no listed secret is another one than that of the same name when the backup was made.
 *
 * @throws BackupError that names it.
 */
export async function refuseOtherKeys(marks: KeyMarks, keys: BackupKeys): Promise<void> {
  const ours = await marksOf(keys);
  const lists = [
    ["ROSTER_KEY_PEPPERS", "pepper", marks.peppers, ours.peppers],
    ["ROSTER_SIGNING_KEYS", "signing key", marks.signingKeys, ours.signingKeys],
  ] as const;
  for (const [variable, noun, then, now] of lists) {
    const other = Object.keys(then).find((name) => Object.hasOwn(now, name) && now[name] !== then[name]);
    if (other === undefined) continue;
    throw new BackupError(
      `${variable}: the ${noun} ${other} is not the one that the backup was made with. Give the list of that time.`,
    );
  }
}

/** The key that seals a backup, so that nobody who has only the file, or only the database, can make another. */
export function backupKey(pepper: Pepper): Buffer {
  return deriveKey(pepper, pepper.secret.toString("base64url"), "backup");
}

function markOf(pepper: Pepper): string {
  const derived = deriveKey(pepper, pepper.secret.toString("base64url"), "backup pepper mark");
  return derived.subarray(0, markBytes).toString("base64url");
}
