import type { Schemas } from "roster-schema";
import { refusalOf } from "../keys/resolver.ts";
import type { Call } from "../operation.ts";
import { requirePermission } from "../resource.ts";
import { publicRead, type Routes, read } from "../route.ts";

type Verification = Schemas["Verification"];

/** The routes that say whether a secret authenticates. */
export const verificationRoutes: Routes<"verifyApiKey" | "getSigningKeys"> = {
  verifyApiKey: read(verify),
  getSigningKeys: publicRead(({ facilities }) => facilities.signingKeys.published),
};

async function verify(call: Call<"verifyApiKey">): Promise<Verification> {
  requirePermission(call, "keys:verify");
  const { body, db, facilities, now, principal } = call;
  const found = await facilities.resolver.resolve(db, body.secret);
  const known = found !== undefined && (principal.kind === "owner" || principal.organization === found.organizationId);
  if (!known) {
    return { outcome: "refused", reason: "unknown", key: null, organization: null, owner: null, permissions: [] };
  }
  const reason = refusalOf(found, now, { externalApiAccess: true });
  if (reason === null) await facilities.resolver.noteUse(found, now);
  return {
    outcome: reason === null ? "accepted" : "refused",
    reason,
    key: found.keyId,
    organization: found.organizationId,
    owner: found.ownerId,
    permissions: reason === null ? [...found.permissions] : [],
  };
}
