/** Which secrets of an API key are handed on and kept, and what becomes of the key where handing on fails. */
import { isDeepStrictEqual } from "node:util";
import { durationMs } from "roster-schema";
import { type Delivery, DeliveryError, type DeliveryTarget, prepareDelivery } from "../../delivery/delivery.ts";
import { ApiError, type RefusalCode, RosterError } from "../../errors.ts";
import { wantsAdoption } from "../../lifecycle/adoption.ts";
import type { Args, CredentialUpdate, RemoteObject, Rule, WriteResult } from "../../lifecycle/definition.ts";
import type { PropertyMap } from "../../values/property-map.ts";
import type { ApiResponse } from "../../wire/client.ts";
import type { apiKeyShape } from "./properties.ts";
import { asksToRotate, planRotation } from "./rotation.ts";

/** What `deliverTo` and `storeSecret` must have to do with each other, and with the rest. */
export const deliveryRules: readonly Rule<Args<typeof apiKeyShape>>[] = [
  {
    needs: ["storeSecret"],
    check: ({ storeSecret, deliverTo }) =>
      storeSecret === false && deliverTo === undefined
        ? {
            property: "storeSecret",
            reason: "a secret that is not kept has to be handed on, or nobody has it: say where to with `deliverTo`",
          }
        : undefined,
  },
  {
    needs: ["storeSecret"],
    // Also of one that isn't known yet: whatever it is, it will be an input.
    check: ({ storeSecret, secret }) =>
      storeSecret === false && secret !== undefined
        ? {
            property: "storeSecret",
            reason:
              "a `secret` that the program gives is in the state as an input: leave it out, and the provider makes one",
          }
        : undefined,
  },
  {
    needs: ["deliverTo"],
    check: ({ deliverTo, ...args }, previous) =>
      deliverTo !== undefined && previous.kind === undefined && wantsAdoption(args)
        ? {
            property: "deliverTo",
            reason:
              "nobody can hand on the secret that an adopted key has: leave this out, and set it afterwards together with `rotate`",
          }
        : undefined,
  },
  {
    needs: ["deliverTo", "storeSecret", "rotate", "secret"],
    check: (args, previous) =>
      args.deliverTo !== undefined &&
      previous.deliverTo !== undefined &&
      !isDeepStrictEqual(args.deliverTo, previous.deliverTo) &&
      previous.storeSecret === false &&
      !isRotated(args, previous)
        ? { property: "deliverTo", reason: secretIsElsewhere }
        : undefined,
  },
];

/**
 * What a key's state remembers of handing on that failed half-way; it lives on as once-only outputs do.
 *
 * - `__undelivered`: nobody has the secret, and the key could not be revoked either. It is to be replaced.
 * - `__overlap`: how long the secret before is to live on, where the service hasn't been told yet.
 */
export const deliveryOutputs = ["__undelivered", "__overlap"] as const;

/** What of that is a change by itself: a refresh takes away what the engine remembers of an unfinished object. */
export function dueDelivery({ __undelivered, __overlap }: PropertyMap, { deliverTo }: PropertyMap): string[] {
  return [
    // Taken out of the program, it is what the state has; that the key has to be replaced is no less so.
    ...(__undelivered === true && deliverTo === undefined ? ["deliverTo"] : []),
    ...(__overlap === undefined ? [] : ["previousKeyExpiresAt"]),
  ];
}

/** What handing on asks of the service, about one key. */
export interface KeyRequests<Remote> {
  /** Ends one secret. */
  revokeSecret(secret: PropertyMap): Promise<ApiResponse<Remote>>;
}

// A new secret that nobody has got yet must not be the only one that lives, whatever happens meanwhile: so much later the
// next `up` can still begin anew.
const deliveryOverlap = "24h";

const secretIsElsewhere =
  "the stack doesn't have the secret, and so can't hand it on: change `rotate` together with this, for a new one";

/**
 * Creates a key and hands its secret on, if it is to be; where that fails, the key is revoked.
 *
 * @param issue creates the key
 * @param revoke revokes the key with this id
 * @throws DeliveryError if the secret can't be handed on, and there is no key
 */
export async function createAndDeliver<Remote extends RemoteObject>(
  args: Args<typeof apiKeyShape>,
  issue: () => Promise<WriteResult<Remote>>,
  revoke: (id: string) => Promise<void>,
): Promise<WriteResult<Remote>> {
  const delivery = await prepare(args.deliverTo, "No key was made.");
  const made = await issue().catch((error: unknown) => discardAfter(delivery, error));
  try {
    await delivery?.write(secretOf(made));
  } catch (error) {
    const { id } = made.response.body;
    const reason = reasonOf(error);
    const failure = await messageOfFailure(revoke(id));
    if (failure === undefined) {
      throw new DeliveryError(reason, `The key ${id} was revoked. Put that right, and \`up\` again.`);
    }
    const unfinished = [reason, `The key ${id} could not be revoked either: ${failure}`, "The next `up` replaces it."];
    return {
      ...made,
      once: { __undelivered: true },
      unfinished: { lacks: ["deliverTo"], reason: unfinished.join("\n  ") },
    };
  }
  return { ...made, once: storedOutputs(args, made.once) };
}

/**
 * Rotates a key and hands its new secret on, if it is to be; where that fails, the new secret is withdrawn, and the one
 * before it lives on as if there had been no rotation. So that it can, it never ends before the new one is handed on.
 *
 * @param issue rotates the key
 * @throws DeliveryError if the secret can't be handed on
 */
export async function rotateAndDeliver<Remote extends RemoteObject>(
  { args }: Pick<CredentialUpdate<typeof apiKeyShape>, "args">,
  rotation: PropertyMap,
  issue: (rotation: PropertyMap) => Promise<WriteResult<Remote>>,
  { revokeSecret }: KeyRequests<Remote>,
): Promise<WriteResult<Remote>> {
  const delivery = await prepare(args.deliverTo, "The key was not rotated: its secret is what it was.");
  const isBrief = delivery !== undefined && durationMs(String(rotation.overlap)) < durationMs(deliveryOverlap);
  const asked = isBrief ? { ...rotation, overlap: deliveryOverlap } : rotation;
  const generation = Number(rotation.generation);
  const rotated = await issue(asked)
    .catch(async (error: unknown) => {
      // Without an overlap all secrets before end at once, one in use too; that of the handover would spare it.
      if (!isRefusal(error, "secret_in_use") || durationMs(String(rotation.overlap)) > 0) throw error;
      await revokeSecret({ generation: generation - 2, overlap: "0s" });
      return await issue(asked);
    })
    .catch((error: unknown) => discardAfter(delivery, error));
  try {
    await delivery?.write(secretOf(rotated));
  } catch (error) {
    const failure = await messageOfFailure(revokeSecret({ generation }));
    throw new DeliveryError(
      reasonOf(error),
      failure === undefined
        ? "The new secret has ended, and the one before it goes on as before. Put that right, and `up` again."
        : `The new secret, which nobody has, could not be ended: ${failure}\n  The one before it lives on for ${deliveryOverlap}. ` +
            "Put that right, and `up` again: that makes another.",
    );
  }
  const once = { ...storedOutputs(args, rotated.once), __overlap: undefined };
  if (!isBrief) {
    return { ...rotated, once };
  }
  const left = { generation: generation - 1, overlap: rotation.overlap };
  try {
    return { response: await revokeSecret(left), once };
  } catch (error) {
    const reason = `The new secret is handed on; the one before it lives on for ${deliveryOverlap}, as this failed: ${reasonOf(error)}\n  The next \`up\` does it.`;
    return { ...rotated, once: { ...once, __overlap: left }, unfinished: { lacks: [], reason } };
  }
}

/**
 * Does what there is to do for a key's present secret: hands it on to another place, forgets it, and ends the one before it where that
 * was left undone.
 *
 * @throws DeliveryError if the secret can't be handed on, or isn't there to be
 */
export async function deliverCurrent<Remote extends RemoteObject>(
  { state, args, changed }: CredentialUpdate<typeof apiKeyShape>,
  { revokeSecret }: KeyRequests<Remote>,
): Promise<Partial<WriteResult<Remote>>> {
  if (changed.has("deliverTo") && args.deliverTo !== undefined) {
    if (typeof state.key !== "string") {
      throw new DeliveryError(`deliverTo: ${secretIsElsewhere}.`);
    }
    const delivery = await prepareDelivery(args.deliverTo);
    await delivery.write(state.key);
  }
  const once = { ...storedOutputs(args, { key: state.key }), __overlap: undefined };
  if (state.__overlap === undefined) return { once };
  try {
    return { response: await revokeSecret(state.__overlap as PropertyMap), once };
  } catch (error) {
    // All its secrets have ended with the key.
    if (isRefusal(error, "key_not_active")) return { once };
    throw error;
  }
}

function isRefusal(error: unknown, code: RefusalCode): boolean {
  return error instanceof ApiError && error.code === code;
}

/** Whether what preview shows is a rotation. */
function isRotated(args: Args<typeof apiKeyShape>, previous: PropertyMap): boolean {
  return asksToRotate(args, previous) || planRotation(args, previous).generation !== previous.generation;
}

async function prepare(target: DeliveryTarget | undefined, consequence: string): Promise<Delivery | undefined> {
  try {
    return target === undefined ? undefined : await prepareDelivery(target);
  } catch (error) {
    throw new DeliveryError(reasonOf(error), `${consequence} Put that right, and \`up\` again.`);
  }
}

async function discardAfter(delivery: Delivery | undefined, error: unknown): Promise<never> {
  await delivery?.discard();
  throw error;
}

/** @throws DeliveryError where there is none */
function secretOf<Remote>({ once }: WriteResult<Remote>): string {
  if (typeof once.key !== "string") {
    throw new DeliveryError("deliverTo: the service gave no secret to hand on.");
  }
  return once.key;
}

/** What of an answer's secret goes into the state. */
function storedOutputs({ storeSecret }: Args<typeof apiKeyShape>, once: PropertyMap): PropertyMap {
  return storeSecret === false ? { ...once, key: undefined, previousKey: undefined } : once;
}

/** Why an error of ours came, for a message about more than that; any other is thrown again. */
function reasonOf(error: unknown): string {
  if (!(error instanceof RosterError)) {
    throw error;
  }
  return error.message;
}

async function messageOfFailure(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
