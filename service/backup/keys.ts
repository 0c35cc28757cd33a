/** Identifies the secrets that a backup needs but doesn't contain. */
import { calculateJwkThumbprint } from "jose";
import { deriveKey } from "../keys/encryption.ts";
import type { Pepper, Peppers } from "../keys/peppers.ts";
import type { SigningKeys } from "../keys/signing-keys.ts";
import { BackupError } from "./backup-error.ts";

const markBytes = 12;

/** The secrets of a service that its database doesn't contain. */
export interface BackupKeys {
  readonly peppers: Peppers;
  readonly signingKeys: SigningKeys;
}

/** Marks of secrets, by version or kid. They detect a different secret with the same name, and reveal nothing about it. */
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
 * Requires that every listed secret is the one that had the same name when the backup was made.
 *
 * @throws BackupError that names the secret that differs.
 */
export async function refuseOtherKeys(marks: KeyMarks, keys: BackupKeys): Promise<void> {
  const ours = await marksOf(keys);
  const lists = [
    ["ROSTER_KEY_PEPPERS", "pepper", marks.peppers, ours.peppers],
    ["ROSTER_SIGNING_KEYS", "signing key", marks.signingKeys, ours.signingKeys],
  ] as const;
  for (const [variable, noun, then, now] of lists) {
    const other = Object.keys(then).find((name) => Object.hasOwn(now, name) && now[name] !== then[name]);
    if (other === undefined) {
      continue;
    }
    throw new BackupError(
      `${variable}: the ${noun} ${other} is not the one that the backup was made with. Use the list from that time.`,
    );
  }
}

/** The key that seals a backup, so that somebody who has only the file or the database can't forge one. */
export function backupKey(pepper: Pepper): Buffer {
  return deriveKey(pepper, pepper.secret.toString("base64url"), "backup");
}

function markOf(pepper: Pepper): string {
  const derived = deriveKey(pepper, pepper.secret.toString("base64url"), "backup pepper mark");
  return derived.subarray(0, markBytes).toString("base64url");
}
