/** The operations that verify API keys. */
import { readIpAddress, type Schemas } from "roster-schema";
import { networkOf } from "../auth/attempts.ts";
import type { FoundSecret } from "../auth/found-secret.ts";
import type { Call } from "../auth/operation.ts";
import { refusalOf, type VerificationRefusal } from "../auth/resolver.ts";
import { isIn } from "../auth/rights.ts";
import { publicRead, type Routes, read } from "../http/route.ts";
import { load, requireSomewhere } from "../managed/resource.ts";
import { users } from "../objects/users/resource.ts";
import { invalidRequest } from "../problems.ts";
import { newId } from "../rows/identifiers.ts";

type Verification = Schemas["Verification"];

/** The routes that verify secrets. */
export const verificationRoutes: Routes<"verifyApiKey" | "getSigningKeys"> = {
  // The only stored text is the name of the API, whose format the contract checks.
  verifyApiKey: { ...read(verify), storesNoText: true },
  getSigningKeys: publicRead(({ facilities }, reply) => {
    reply.header("cache-control", "public, max-age=300");
    return facilities.signingKeys.published;
  }),
};

async function verify(call: Call<"verifyApiKey">): Promise<Verification> {
  const scope = requireSomewhere(call, "keys:verify");
  const { body, db, facilities, now, principal } = call;
  const { address } = body;
  const network = address === undefined ? undefined : readNetwork(address);
  const found = await facilities.resolver.resolve(db, body.secret);
  // An access token is for managing the organization, not for calling its services.
  if (found === undefined || found.kind === "token" || !isIn(found.organizationId, scope)) {
    if (network !== undefined) {
      // Count by caller too, so that a caller's claims about an address don't affect other organizations.
      const callers = scope === "everywhere" ? principal.id : scope.join(" ");
      const subject = `${callers} ${network}`;
      await facilities.failedVerifications.count({ kind: "verification_from", subject, presented: body.secret }, now);
    }
    return { outcome: "refused", reason: "unknown", key: null, organization: null, owner: null, permissions: [] };
  }
  const reason = refusalOf(found, now, { externalApiAccess: true, address }) ?? refusalOfCall(call, found);
  if (reason === null) {
    await facilities.resolver.noteUse(found, now);
  }
  if (body.api !== undefined) {
    await leaveMessage(call, found, body.api, reason);
  }
  return {
    outcome: outcomeOf(reason),
    reason,
    ...(reason === "owner_inactive" && { detail: await whyUnusable(call, found.ownerId ?? "") }),
    key: found.keyId,
    organization: found.organizationId,
    owner: found.ownerId,
    permissions: reason === null ? [...found.permissions] : [],
  };
}

/** @throws Refusal `invalid_request` if the text is not an address; the contract's pattern doesn't detect that completely. */
function readNetwork(address: string): string {
  if (readIpAddress(address) !== undefined) {
    return networkOf(address);
  }
  throw invalidRequest([{ in: "body", pointer: "/address", detail: "must be an IPv4 or IPv6 address" }]);
}

/** Calling a user-defined API requires the permission `api:call`. */
function refusalOfCall({ body }: Call<"verifyApiKey">, { permissions }: FoundSecret): VerificationRefusal | null {
  return body.api === undefined || permissions.includes("api:call") ? null : "not_permitted";
}

/** Inserts the message outside of a transaction, so that verifications neither wait nor block. */
async function leaveMessage(
  { db, now }: Call<"verifyApiKey">,
  { keyId, organizationId, ownerId }: FoundSecret,
  api: string,
  reason: VerificationRefusal | null,
): Promise<void> {
  await db
    .insertInto("messages")
    .values({
      id: newId("message"),
      organization_id: organizationId,
      key_id: keyId,
      owner_id: ownerId,
      api,
      outcome: outcomeOf(reason),
      reason,
      at: now,
    })
    .execute();
}

/** Why the owner of a key can't use the account. */
async function whyUnusable(call: Call<"verifyApiKey">, ownerId: string): Promise<string> {
  const owner = await load(call, users, ownerId);
  return owner?.status === "invited"
    ? "The owner has not finished setting up the account."
    : `The owner's account is ${owner?.status === "blocked" ? "blocked" : "inactive"}.`;
}

function outcomeOf(reason: VerificationRefusal | null): Verification["outcome"] {
  return reason === null ? "accepted" : "refused";
}
