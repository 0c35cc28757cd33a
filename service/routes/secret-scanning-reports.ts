/** The operation for reports of leaked keys and tokens, in the format of GitHub's secret scanning partner program. */
import { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import type { Schemas } from "roster-schema";
import { byRule } from "../auth/principal.ts";
import type { Routes } from "../http/route.ts";
import type { Runtime } from "../http/runtime.ts";
import { digestOf } from "../keys/peppers.ts";
import { findLeaked } from "../objects/leaked-secrets.ts";
import { Refusal } from "../problems.ts";
import { inTransaction } from "../rows/database.ts";

type Report = Schemas["SecretScanningReport"];
type Label = Schemas["SecretScanningLabel"];

/** The route for the reports of secret scanners. */
export const secretScanningRoutes: Routes<"reportLeakedSecrets"> = {
  reportLeakedSecrets: { authenticate: checkSignature, handle: takeReports, storesNoText: true },
};

/**
 * Verifies the signature of the raw body before it is parsed.
 *
 * @throws Refusal `unauthenticated`; `route_not_found` if the service doesn't accept reports.
 */
async function checkSignature(runtime: Runtime, request: FastifyRequest, content: Readable): Promise<Readable> {
  const { scannerKeys } = runtime.facilities;
  if (scannerKeys === undefined) {
    const detail = "This service doesn't accept reports of leaked keys: ROSTER_SECRET_SCANNING_KEYS is not set.";
    throw new Refusal("route_not_found", detail);
  }
  const bytes = await readAtMost(request.routeOptions.bodyLimit, content);
  const { "github-public-key-identifier": identifier, "github-public-key-signature": signature } = request.headers;
  const isSigned =
    typeof identifier === "string" &&
    typeof signature === "string" &&
    (await scannerKeys.signed(bytes, identifier, signature, runtime.monotonicMs()));
  if (!isSigned) {
    const detail = "The report is not signed, is not signed by a listed key, or was changed after it was signed.";
    throw new Refusal("unauthenticated", detail, { challenge: "Signature" });
  }
  return Readable.from([bytes], { objectMode: false });
}

async function readAtMost(limitBytes: number, content: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // Don't destroy the stream if the body is too long, because the answer uses the same connection.
  for await (const chunk of content.iterator({ destroyOnReturn: false })) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) {
      throw new Refusal("payload_too_large", "The body exceeds 1 MiB.");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function takeReports(
  runtime: Runtime,
  _operation: "reportLeakedSecrets",
  request: FastifyRequest,
): Promise<Label[]> {
  const labels: Label[] = [];
  for (const report of request.body as Schemas["SecretScanningReports"]) {
    labels.push({
      token_hash: digestOf(report.token).toString("hex"),
      token_type: report.type,
      label: (await takeReport(runtime, request, report)) ? "true_positive" : "false_positive",
    });
  }
  return labels;
}

/** @returns whether the reported text is or was the secret of a key or token. */
async function takeReport({ db, facilities, clock }: Runtime, request: FastifyRequest, report: Report) {
  const { id: requestId } = request;
  const now = clock();
  const found = await findLeaked({ db, now, facilities }, report);
  if (found?.isValid === true) {
    const isRevoked = await inTransaction(db, async (transaction) => {
      const context = { db: transaction, principal: byRule, now, requestId, run: undefined, attempt: requestId };
      // Look again in the transaction, so that only one of two concurrent reports revokes it.
      const leaked = await findLeaked({ ...context, facilities }, report);
      if (leaked?.isValid !== true) {
        return false;
      }
      await leaked.revoke({ ...context, facilities });
      return true;
    });
    if (isRevoked) {
      request.log.warn({ leaked: found.id }, "a leaked API key or access token was reported and revoked");
    }
  }
  return found !== undefined;
}
