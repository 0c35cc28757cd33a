/** How the secrets of API keys and access tokens are made, rotated, delivered and revoked. */
import type { z } from "zod";
import type { Credential, WriteResult } from "../../lifecycle/definition.ts";
import { managedPath } from "../../lifecycle/managed-path.ts";
import type { PropertyMap } from "../../values/property-map.ts";
import { hasPassed } from "../../values/property-types.ts";
import type { Client } from "../../wire/client.ts";
import type { ConflictRetry } from "../../wire/retries.ts";
import { createAndDeliver, deliverCurrent, deliveryOutputs, dueDelivery, rotateAndDeliver } from "./delivery.ts";
import type { SecretNames } from "./names.ts";
import { planRotation, rotationOf, type SecretRemote, secretOutputs } from "./rotation.ts";
import type { SharedShape } from "./shared-properties.ts";

/** How the contract answers about the objects of a kind. */
interface Answers<Remote, Issued extends Remote> {
  /** The object. */
  readonly plain: z.ZodType<Remote>;
  /** The object with its plaintext. */
  readonly issued: z.ZodType<Issued>;
  /** The plaintext; null if the client made the secret, or the object was adopted. */
  plaintextOf(issued: Issued): string | null;
}

/** The outputs that only the response to a create or a rotation contains. */
export function onceOnlyOutputs({ secret, previous }: SecretNames): readonly string[] {
  return [secret, previous, "rotatedAt", "__held", "__heldFingerprint", "__aheadMs", ...deliveryOutputs];
}

/** The life of the secrets of a kind. */
export function credentialOf<Remote extends SecretRemote, Issued extends Remote>(
  names: SecretNames,
  answers: Answers<Remote, Issued>,
): Credential<SharedShape, Remote> {
  const issue = issuing(names, answers);
  return {
    computed: ["generation", "rotatedAt", names.previousExpiresAt, "__target", "__aheadMs"],
    compute: (args, previous) => ({ ...planRotation(names, args, previous) }),
    hasName: ({ state, status = state, endDate }) => status === "active" && !hasExpired(endDate),
    due: (state, inputs) => [
      ...(Number(inputs.generation) > Number(state.generation) ? ["generation"] : []),
      ...dueDelivery(names, state, inputs),
    ],
    // Revocation and expiry are permanent: only a new object can replace such an object.
    replaces: ({ state, status, endDate, __undelivered }, args) => [
      ...(__undelivered === true ? (["deliverTo"] as const) : []),
      ...(state === "revoked" && args.state === "active" ? (["state"] as const) : []),
      // One that has expired since the last refresh is active in the state.
      ...(status === "expired" || hasExpired(endDate) ? (["endDate"] as const) : []),
    ],
    onceOnly: onceOnlyOutputs(names),
    notCreated: ["state"],
    rotation: (change) => {
      const body = rotationOf(names, change);
      return body && { path: change.pathOf("/rotations"), body };
    },
    async create(client, path, body, args, retryConflict) {
      const revoke = async (id: string): Promise<void> => {
        await client.delete(managedPath(`/v1/${names.collection}/${id}`, body));
      };
      return createAndDeliver(names, args, () => issue(client, path, body, {}, retryConflict), revoke);
    },
    async update(client, change) {
      const rotation = rotationOf(names, change);
      const rotate = (asked: PropertyMap) => issue(client, change.pathOf("/rotations"), asked, change.state);
      const revokeSecret = (secret: PropertyMap) =>
        client.post(change.pathOf("/secret-revocations"), secret, answers.plain);
      return rotation === undefined
        ? deliverCurrent(names, change, { revokeSecret })
        : rotateAndDeliver(names, change.args, rotation, rotate, { revokeSecret });
    },
  };
}

function issuing<Remote extends SecretRemote, Issued extends Remote>(
  names: SecretNames,
  { issued, plaintextOf }: Answers<Remote, Issued>,
) {
  return async (
    client: Client,
    path: string,
    body: PropertyMap,
    state: PropertyMap,
    retryConflict?: ConflictRetry,
  ): Promise<WriteResult<Remote>> => {
    const response = await client.post(path, body, issued, retryConflict);
    const plaintext = plaintextOf(response.body);
    // The secret of an adopted object can't be read, and it is not the one that was sent.
    const isOthers = plaintext === null && response.body.adopted && body.generation === undefined;
    const once = isOthers ? {} : secretOutputs(names, response.body, plaintext ?? body.secret, state);
    return { response, once };
  };
}

function hasExpired(endDate: unknown): boolean {
  return typeof endDate === "string" && hasPassed(endDate, Date.now());
}
