/** Revokes API keys and access tokens whose secrets have leaked. */
import type { Schemas } from "roster-schema";
import { findPresentedToken, isActiveToken } from "../auth/access-tokens.ts";
import type { Context } from "../auth/operation.ts";
import { mailLeakNotice } from "../mail/queue.ts";
import { audit } from "../managed/audit.ts";
import { type Resource, reload } from "../managed/resource.ts";
import { endLeakedToken } from "./access-tokens/personal-token-rules.ts";
import { accessTokens } from "./access-tokens/resource.ts";
import type { KeyMembers } from "./api-keys/key.ts";
import { apiKeys } from "./api-keys/resource.ts";
import { revokeKey } from "./api-keys/revocation.ts";
import { organizations } from "./organizations/resource.ts";

type Report = Schemas["SecretScanningReport"];

/** What a leaked secret belongs to. */
export interface Leaked {
  /** The identifier of the API key or the access token. */
  readonly id: string;
  /** Whether the secret is still valid. If it has ended, its key may have another secret, which has not leaked. */
  readonly isValid: boolean;
  /** Revokes the key or token, and notifies the people who have to replace it. */
  revoke(context: Context): Promise<void>;
}

/**
 * Finds what a reported text belongs to: an API key, or the access token of a system user or a person.
 *
 * @returns undefined if the text isn't and never was the secret of one.
 */
export async function findLeaked(
  { db, now, facilities }: Pick<Context, "db" | "now" | "facilities">,
  report: Report,
): Promise<Leaked | undefined> {
  const token = await findPresentedToken({ db }, facilities.peppers, report.token);
  if (token !== undefined) {
    return {
      id: token.id,
      isValid: isActiveToken(token, now),
      revoke: (context) => endLeakedToken(context, { id: token.id, userId: token.user_id }, report),
    };
  }
  const found = await facilities.resolver.resolve(db, report.token);
  if (found === undefined) {
    return undefined;
  }
  const { keyId, kind, organizationId, revoked, replacedAt, expiresAt } = found;
  const hasEnded = (replacedAt !== null && replacedAt <= now) || (expiresAt !== null && expiresAt <= now);
  return {
    id: keyId,
    isValid: !revoked && !hasEnded,
    revoke: (context) => {
      const leak = { id: keyId, organizationId, report };
      return kind === "token"
        ? revokeLeaked(context, accessTokens, leak, ({ name }) => name)
        : revokeLeaked(context, apiKeys, leak, ({ displayName }) => displayName);
    },
  };
}

/** Revokes a key, or the access token of a system user, and notifies the administrators of its organization. */
async function revokeLeaked<T extends KeyMembers>(
  context: Context,
  resource: Resource<T>,
  leak: { readonly id: string; readonly organizationId: string; readonly report: Report },
  nameOf: (item: T) => string,
): Promise<void> {
  const { id, organizationId } = leak;
  const { url, source } = leak.report;
  const before = await reload(context, resource, id);
  const organization = await reload(context, organizations, organizationId);
  await revokeKey(context, id);
  await audit(context, resource, "report_leak", [{ before, after: await reload(context, resource, id) }]);
  const told = { noun: resource.noun, name: nameOf(before), fingerprint: before.fingerprint };
  await mailLeakNotice(context, organizationId, { ...told, organization: organization.name, url, source });
}
