/** Ends a single secret of a key or an access token, which can undo a rotation. Like revoking, it doesn't require external API access. */
import { durationMs, type Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { endSooner, secretEnd, selectSecretEnd } from "../../keys/secret-end.ts";
import { audit } from "../../managed/audit.ts";
import type { Managed, Resource } from "../../managed/resource.ts";
import { Refusal, unprocessable } from "../../problems.ts";
import { refuseGranting } from "./changes.ts";
import { type Key, type KeyKind, type KeyMembers, type KeyWords, notActive } from "./key.ts";

/** A call that ends a secret of a key or an access token. */
export type SecretCall = Context & { readonly body: Schemas["ApiKeySecretRevocation"] };

/** The verb for ending a secret in the audit. */
export const revokeSecretVerb = "revoke_secret";

/**
 * Ends an earlier secret of a key or an access token, or withdraws the newest.
 *
 * @throws Refusal `key_not_active`, `generation_conflict`, `permission_denied`, `unprocessable`.
 */
export async function revokeSecret<T extends KeyMembers>(kind: KeyKind<T>, call: SecretCall, key: T): Promise<void> {
  if (key.status !== "active") {
    throw notActive(kind, key, "Its secrets have ended with it.");
  }
  if (call.body.generation < key.generation) {
    await endEarlier(kind, call, key);
  } else {
    await withdraw(kind, call, kind.keyOf(key));
  }
}

/** What refusals need to know of a kind. */
type NamedKind = KeyWords & { readonly resource: Pick<Resource<Managed>, "kind"> };

/** Makes an earlier secret end sooner, never later; without an overlap, it ends even if it is in use. */
async function endEarlier<T extends KeyMembers>(kind: KeyKind<T>, call: SecretCall, key: T): Promise<void> {
  const { body, db } = call;
  const { generation } = body;
  const secret = await selectSecretEnd(db, key.id, generation);
  const overlap = {
    overlapMs: durationMs(body.overlap ?? "0s"),
    holdSeconds: secret?.hold_while_used_seconds ?? null,
  };
  if (!(await endSooner(call, { keyId: key.id, generation }, secret, overlap))) {
    return;
  }
  // The key shows only its current secret, so the change needs an explicit audit entry.
  await audit(call, kind.resource, revokeSecretVerb, [{ before: key, after: key }], { always: true });
}

/**
 * Undoes a rotation: the newest secret ends, and the previous one becomes current again. The next rotation to the withdrawn
 * generation overwrites its secret.
 *
 * @throws Refusal `generation_conflict` if the secret was used, or the key would have no valid secret.
 */
async function withdraw(kind: NamedKind, call: SecretCall, key: Key): Promise<void> {
  const { body, db, now } = call;
  const secret = await selectSecretEnd(db, key.id, body.generation);
  const before = await selectSecretEnd(db, key.id, body.generation - 1);
  // A repeat, such as after a lost answer.
  if (body.generation > key.generation && secret !== undefined) {
    return;
  }
  if (secret === undefined) {
    throw conflict(kind, key, `The ${kind.word} is at generation ${key.generation}.`);
  }
  if (body.overlap !== undefined) {
    throw unprocessable("/overlap", "A withdrawn secret ends at once: omit the overlap.");
  }
  if (secret.used_at !== null) {
    throw conflict(kind, key, `The secret of generation ${body.generation} is in use.`);
  }
  const end = before === undefined ? null : secretEnd(before);
  if (before === undefined || end === null || end <= now) {
    throw conflict(kind, key, `The ${kind.word} would have no valid secret.`);
  }
  // The previous secret becomes valid for longer, which requires the same permissions as a rotation.
  await refuseGranting(kind, call, key);
  const ofKey = db.updateTable("api_key_secrets").where("key_id", "=", key.id);
  await ofKey.set({ expires_at: now }).where("generation", "=", body.generation).execute();
  const unending = { expires_at: null, hold_while_used_seconds: null };
  await ofKey
    .set(unending)
    .where("generation", "=", body.generation - 1)
    .execute();
  await db
    .updateTable("api_keys")
    .set({ generation: body.generation - 1, updated_at: now })
    .where("id", "=", key.id)
    .execute();
}

function conflict({ word, resource }: NamedKind, { id }: Key, reason: string): Refusal {
  return new Refusal("generation_conflict", `${reason} Read the ${word} again, and then rotate or revoke it.`, {
    dependsOn: [{ kind: resource.kind, id }],
  });
}
