/** Which secrets of an API key or an access token are delivered and stored, and what happens to it if a delivery fails. */
import { isDeepStrictEqual } from "node:util";
import { durationMs } from "roster-schema";
import { type Delivery, DeliveryError, type DeliveryTarget, prepareDelivery } from "../../delivery/delivery.ts";
import { ApiError, type RefusalCode, RosterError } from "../../errors.ts";
import { wantsAdoption } from "../../lifecycle/adoption.ts";
import type { RemoteObject, Rule, WriteResult } from "../../lifecycle/definition.ts";
import type { PropertyMap } from "../../values/property-map.ts";
import type { ApiResponse } from "../../wire/client.ts";
import type { SecretNames } from "./names.ts";
import { asksToRotate, exists, planRotation, type SecretArgs } from "./rotation.ts";
import type { SharedArgs } from "./shared-properties.ts";

/** The rules about `deliverTo` and `storeSecret`. */
export function deliveryRules(names: SecretNames): readonly Rule<SharedArgs>[] {
  return [
    {
      needs: ["storeSecret"],
      check: ({ storeSecret, deliverTo }) =>
        storeSecret === false && deliverTo === undefined
          ? {
              property: "storeSecret",
              reason: "a secret that is not stored must be delivered, or it is lost: set `deliverTo`",
            }
          : undefined,
    },
    {
      needs: ["deliverTo"],
      check: ({ deliverTo, ...args }, previous) =>
        deliverTo !== undefined && !exists(previous) && wantsAdoption(args)
          ? {
              property: "deliverTo",
              reason: `the secret of an adopted ${names.word} can't be delivered: remove \`deliverTo\`, and set it later together with \`rotate\``,
            }
          : undefined,
    },
    {
      // An unknown secret counts as a rotation.
      needs: ["deliverTo", "storeSecret", "rotate"],
      check: (args, previous) =>
        args.deliverTo !== undefined &&
        previous.deliverTo !== undefined &&
        !isDeepStrictEqual(args.deliverTo, previous.deliverTo) &&
        previous.storeSecret === false &&
        !isRotated(names, args, previous)
          ? { property: "deliverTo", reason: secretIsElsewhere }
          : undefined,
    },
  ];
}

/**
 * The parts of a key's state that record an incomplete delivery. They are kept like once-only outputs.
 *
 * - `__undelivered`: the secret was not delivered, and the key could not be revoked. The key has to be replaced.
 * - `__overlap`: how long the previous secret should still work, until the service has accepted that.
 */
export const deliveryOutputs = ["__undelivered", "__overlap"] as const;

/** The arguments that an incomplete delivery changes: after a refresh, the engine no longer knows that the object is incomplete. */
export function dueDelivery(
  { previousExpiresAt }: SecretNames,
  { __undelivered, __overlap }: PropertyMap,
  { deliverTo }: PropertyMap,
): string[] {
  return [
    // If the program no longer has it, it doesn't differ from the state, but the key still has to be replaced.
    ...(__undelivered === true && deliverTo === undefined ? ["deliverTo"] : []),
    ...(__overlap === undefined ? [] : [previousExpiresAt]),
  ];
}

/** The requests about one key that a delivery sends. */
export interface KeyRequests<Remote> {
  /** Revokes one secret. */
  revokeSecret(secret: PropertyMap): Promise<ApiResponse<Remote>>;
}

// Until a new secret is delivered, the previous one must keep working, whatever happens. The next `up` can try again within this
// time.
const deliveryOverlap = "24h";

const secretIsElsewhere =
  "the stack doesn't have the secret, so it can't be delivered: change `rotate` in the same update to get a new one";

/**
 * Creates a key and delivers its secret, if `deliverTo` is set. If the delivery fails, the key is revoked.
 *
 * @param issue creates the key
 * @param revoke revokes the key with this id
 * @throws DeliveryError if the secret can't be delivered, and the key was not created or was revoked
 */
export async function createAndDeliver<Remote extends RemoteObject>(
  names: SecretNames,
  args: SharedArgs,
  issue: () => Promise<WriteResult<Remote>>,
  revoke: (id: string) => Promise<void>,
): Promise<WriteResult<Remote>> {
  const delivery = await prepare(args.deliverTo, `No ${names.word} was created.`);
  const made = await issue().catch((error: unknown) => discardAfter(delivery, error));
  try {
    await delivery?.write(secretOf(names, made));
  } catch (error) {
    const { id } = made.response.body;
    const reason = reasonOf(error);
    const failure = await messageOfFailure(revoke(id));
    if (failure === undefined) {
      throw new DeliveryError(reason, `The ${names.word} ${id} was revoked. Fix the cause, and run \`up\` again.`);
    }
    const unfinished = [
      reason,
      `The ${names.word} ${id} could not be revoked either: ${failure}`,
      "The next `up` replaces it.",
    ];
    return {
      ...made,
      once: { __undelivered: true },
      unfinished: { lacks: ["deliverTo"], reason: unfinished.join("\n  ") },
    };
  }
  return { ...made, once: storedOutputs(names, args, made.once) };
}

/**
 * Rotates a key and delivers its new secret, if `deliverTo` is set. If the delivery fails, the new secret is revoked, and the
 * previous one continues to work. For that reason, the previous one never ends before the new one is delivered.
 *
 * @param issue rotates the key
 * @throws DeliveryError if the secret can't be delivered
 */
export async function rotateAndDeliver<Remote extends RemoteObject>(
  names: SecretNames,
  args: SharedArgs,
  rotation: PropertyMap,
  issue: (rotation: PropertyMap) => Promise<WriteResult<Remote>>,
  { revokeSecret }: KeyRequests<Remote>,
): Promise<WriteResult<Remote>> {
  const delivery = await prepare(args.deliverTo, `The ${names.word} was not rotated, and its secret is unchanged.`);
  const isBrief = delivery !== undefined && durationMs(String(rotation.overlap)) < durationMs(deliveryOverlap);
  const asked = isBrief ? { ...rotation, overlap: deliveryOverlap } : rotation;
  const generation = Number(rotation.generation);
  const rotated = await issue(asked)
    .catch(async (error: unknown) => {
      // Without an overlap, all previous secrets end at once, even one in use. The overlap for the delivery would keep it.
      if (!isRefusal(error, "secret_in_use") || durationMs(String(rotation.overlap)) > 0) {
        throw error;
      }
      await revokeSecret({ generation: generation - 2, overlap: "0s" });
      return await issue(asked);
    })
    .catch((error: unknown) => discardAfter(delivery, error));
  try {
    await delivery?.write(secretOf(names, rotated));
  } catch (error) {
    const failure = await messageOfFailure(revokeSecret({ generation }));
    throw new DeliveryError(
      reasonOf(error),
      failure === undefined
        ? "The new secret was revoked, and the previous one continues to work. Fix the cause, and run `up` again."
        : `The new secret, which was not delivered, could not be revoked: ${failure}\n  The previous one works for another ${deliveryOverlap}. ` +
            `Fix the cause, and run \`up\` again to rotate the ${names.word} again.`,
    );
  }
  const once = { ...storedOutputs(names, args, rotated.once), __overlap: undefined };
  if (!isBrief) {
    return { ...rotated, once };
  }
  const left = { generation: generation - 1, overlap: rotation.overlap };
  try {
    return { response: await revokeSecret(left), once };
  } catch (error) {
    const reason = `The new secret was delivered. The previous one works for another ${deliveryOverlap}, because its end could not be changed: ${reasonOf(error)}\n  The next \`up\` tries again.`;
    return { ...rotated, once: { ...once, __overlap: left }, unfinished: { lacks: [], reason } };
  }
}

/**
 * Updates the handling of a key's current secret: delivers it to another file, removes it from the state, and revokes the previous one
 * if that is still to be done.
 *
 * @throws DeliveryError if the secret can't be delivered, or the stack doesn't have it
 */
export async function deliverCurrent<Remote extends RemoteObject>(
  names: SecretNames,
  {
    state,
    args,
    changed,
  }: { readonly state: PropertyMap; readonly args: SharedArgs; readonly changed: ReadonlySet<string> },
  { revokeSecret }: KeyRequests<Remote>,
): Promise<Partial<WriteResult<Remote>>> {
  const secret = state[names.secret];
  if (changed.has("deliverTo") && args.deliverTo !== undefined) {
    if (typeof secret !== "string") {
      throw new DeliveryError(`deliverTo: ${secretIsElsewhere}.`);
    }
    const delivery = await prepareDelivery(args.deliverTo);
    await delivery.write(secret);
  }
  const once = { ...storedOutputs(names, args, { [names.secret]: secret }), __overlap: undefined };
  if (state.__overlap === undefined) {
    return { once };
  }
  try {
    return { response: await revokeSecret(state.__overlap as PropertyMap), once };
  } catch (error) {
    // If the key was revoked, so were all its secrets.
    if (isRefusal(error, "key_not_active")) {
      return { once };
    }
    throw error;
  }
}

function isRefusal(error: unknown, code: RefusalCode): boolean {
  return error instanceof ApiError && error.code === code;
}

/** Whether preview shows a rotation. */
function isRotated(names: SecretNames, args: SecretArgs, previous: PropertyMap): boolean {
  return asksToRotate(args, previous) || planRotation(names, args, previous).generation !== previous.generation;
}

async function prepare(target: DeliveryTarget | undefined, consequence: string): Promise<Delivery | undefined> {
  try {
    return target === undefined ? undefined : await prepareDelivery(target);
  } catch (error) {
    throw new DeliveryError(reasonOf(error), `${consequence} Fix the cause, and run \`up\` again.`);
  }
}

async function discardAfter(delivery: Delivery | undefined, error: unknown): Promise<never> {
  await delivery?.discard();
  throw error;
}

/** @throws DeliveryError if the response contains no secret */
function secretOf<Remote>(names: SecretNames, { once }: WriteResult<Remote>): string {
  const secret = once[names.secret];
  if (typeof secret !== "string") {
    throw new DeliveryError("deliverTo: the service returned no secret.");
  }
  return secret;
}

/** The once-only outputs that the state stores. */
function storedOutputs(names: SecretNames, { storeSecret }: SharedArgs, once: PropertyMap): PropertyMap {
  return storeSecret === false ? { ...once, [names.secret]: undefined, [names.previous]: undefined } : once;
}

/** The message of a RosterError, as part of another message. Any other error is thrown again. */
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
