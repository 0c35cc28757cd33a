/** Revokes keys whose secrets have leaked. */
import type { Schemas } from "roster-schema";
import type { FoundSecret } from "../../auth/found-secret.ts";
import type { Context } from "../../auth/operation.ts";
import { mailLeakNotice } from "../../mail/queue.ts";
import { audit } from "../../managed/audit.ts";
import { load } from "../../managed/resource.ts";
import { organizations } from "../organizations/resource.ts";
import { apiKeys } from "./resource.ts";
import { revokeKey } from "./revocation.ts";

type Report = Schemas["SecretScanningReport"];

/** Whether a secret is still valid. If it has ended, its key has another secret, which has not leaked. */
export function isValid({ revoked, replacedAt, expiresAt }: FoundSecret, now: Date): boolean {
  return !revoked && (replacedAt === null || replacedAt > now) && (expiresAt === null || expiresAt > now);
}

/**
 * Revokes the key of a leaked secret, and notifies the administrators of its organization.
 *
 * @returns whether the key was revoked by this call.
 */
export async function revokeLeaked(context: Context, { token, url, source }: Report): Promise<boolean> {
  // Check again in the transaction, so that only one of two concurrent reports revokes the key.
  const found = await context.facilities.resolver.resolve(context.db, token);
  if (found === undefined || !isValid(found, context.now)) {
    return false;
  }
  const before = await load(context, apiKeys, found.keyId);
  const organization = await load(context, organizations, found.organizationId);
  if (before === undefined || organization === undefined) {
    throw new Error(`the key ${found.keyId} is not whole`);
  }
  await revokeKey(context, before.id);
  await audit(context, apiKeys, "report_leak", [{ before, after: await load(context, apiKeys, before.id) }]);
  const leak = { organization: organization.name, key: before.displayName, fingerprint: before.fingerprint };
  await mailLeakNotice(context, organization.id, { ...leak, url, source });
  return true;
}
