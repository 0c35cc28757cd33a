/** Keys whose secrets were found where they don't belong. */
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

/** Whether a secret can still do harm: one that is over does none, and its key has another one, which nobody has seen. */
export function isValid({ revoked, replacedAt, expiresAt }: FoundSecret, now: Date): boolean {
  return !revoked && (replacedAt === null || replacedAt > now) && (expiresAt === null || expiresAt > now);
}

/**
 * Revokes the key of a leaked secret, and tells the administrators of its organization.
 *
 * @returns whether there was anything left to revoke.
 */
export async function revokeLeaked(context: Context, { token, url, source }: Report): Promise<boolean> {
  // Asked again in the transaction: of two reports, one revokes and mails.
  const found = await context.facilities.resolver.resolve(context.db, token);
  if (found === undefined || !isValid(found, context.now)) return false;
  const before = await load(context, apiKeys, found.keyId);
  const organization = await load(context, organizations, found.organizationId);
  if (before === undefined || organization === undefined) throw new Error(`the key ${found.keyId} is not whole`);
  await revokeKey(context, before.id);
  await audit(context, apiKeys, "report_leak", [{ before, after: await load(context, apiKeys, before.id) }]);
  const leak = { organization: organization.name, key: before.displayName, fingerprint: before.fingerprint };
  await mailLeakNotice(context, organization.id, { ...leak, url, source });
  return true;
}
