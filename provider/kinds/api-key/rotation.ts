/** When an API key is rotated, and to what. */
import { randomBytes } from "node:crypto";
import { durationMs, isClientSecret, type Schemas } from "roster-schema";
import { DeclarationError } from "../../errors.ts";
import { wantsAdoption } from "../../lifecycle/adoption.ts";
import type { Args, CredentialUpdate } from "../../lifecycle/definition.ts";
import type { PropertyMap } from "../../values/property-map.ts";
import { hasPassed } from "../../values/property-types.ts";
import { containsUnknown, isUnknownAt, unknownValue } from "../../values/unknown.ts";
import { type apiKeyShape, defaultOverlap } from "./properties.ts";

/** The inputs that no program gives. What is not known is left out. */
export interface PlannedRotation {
  /** Of the secret that the stack is to have. */
  readonly generation: unknown;
  /** When the secret that the stack is to have was made, by the service's clock: see {@link serviceTime}. */
  readonly rotatedAt?: unknown;
  /** When the secret before that one dies, by the same clock. */
  readonly previousKeyExpiresAt?: unknown;
  /** By how many milliseconds the program's clock was ahead of the service's; left out until a refresh tells it. */
  readonly __aheadMs?: unknown;
  /** The generation to reach, where somebody else has rotated the key or an answer was lost: see {@link rotationOutputs}. */
  readonly __target?: unknown;
}

type KeyArgs = Args<typeof apiKeyShape>;

/** Whether `rotate` asks for an act: at creation it doesn't. */
export function asksToRotate(args: PropertyMap, previous: PropertyMap): boolean {
  return previous.kind !== undefined && args.rotate !== undefined && args.rotate !== previous.rotate;
}

/**
 * What time it is for the service, as far as what was planned or stored last tells: check asks the service nothing. Until a refresh
 * has told how far the two clocks are apart, all times are the program's, and so of one clock as well.
 */
function serviceTime({ __aheadMs }: PropertyMap): string {
  return new Date(Date.now() - (typeof __aheadMs === "number" ? __aheadMs : 0)).toISOString();
}

/** Decides whether a key is to be rotated; `previous` is what was planned last, empty at creation. */
export function planRotation(args: KeyArgs, previous: PropertyMap): PlannedRotation {
  const now = serviceTime(previous);
  const hasSchedule = everyMs(args) !== undefined;
  if (previous.kind === undefined) {
    return wantsAdoption(args) ? { generation: undefined } : { generation: 1, ...(hasSchedule && { rotatedAt: now }) };
  }
  const { generation, previousKeyExpiresAt, __target, __aheadMs } = previous;
  // A schedule that is new counts from now where nobody knows how old the secret is.
  const rotatedAt = previous.rotatedAt ?? (hasSchedule ? now : undefined);
  const same = { generation, rotatedAt, previousKeyExpiresAt, __target, __aheadMs };
  if (typeof generation !== "number") {
    return same;
  }
  const why = reasonToRotate(args, previous, now);
  if (why === undefined) {
    return same;
  }
  return {
    generation: containsUnknown([args.rotate, args.secret]) ? unknownValue : (__target ?? generation + 1),
    rotatedAt: now,
    __aheadMs,
    previousKeyExpiresAt: isUnknownAt(args, ["rotation", "overlap"])
      ? unknownValue
      : new Date(Date.parse(now) + durationMs(overlapOf(args, why))).toISOString(),
  };
}

type Reason = "asked" | "secret" | "due";

function reasonToRotate(args: KeyArgs, previous: PropertyMap, now: string): Reason | undefined {
  if (asksToRotate(args, previous)) {
    return "asked";
  }
  // Also where none was declared before: the key has had one all the same, of the provider's or from before adoption.
  if (args.secret !== undefined && args.secret !== previous.secret) {
    return "secret";
  }
  const isOver = args.endDate !== undefined && hasPassed(args.endDate, Date.parse(now));
  if (args.holdRotation || args.state === "revoked" || isOver || args.secret !== undefined) {
    return undefined;
  }
  const { previousKeyExpiresAt: end } = previous;
  // There are two slots: while the secret before the present one is held, as it is in use, neither may go.
  if (args.holdWhileUsed !== undefined && typeof end === "string" && end > now) {
    return undefined;
  }
  return previous.__target !== undefined || isDue(args, previous, now) ? "due" : undefined;
}

function isDue(args: KeyArgs, { rotatedAt }: PropertyMap, now: string): boolean {
  const every = everyMs(args);
  return every !== undefined && typeof rotatedAt === "string" && Date.parse(rotatedAt) + every <= Date.parse(now);
}

function everyMs({ rotation }: Pick<KeyArgs, "rotation">): number | undefined {
  const every = rotation?.every;
  return every === undefined || containsUnknown(every) ? undefined : durationMs(every);
}

function overlapOf({ rotation }: KeyArgs, why: Reason): string {
  // Who changes a secret and says no more may have lost it to somebody: the one before it ends now.
  return rotation?.overlap ?? (why === "secret" ? "0s" : defaultOverlap);
}

/**
 * What a change asks for as a rotation: one, whether it is due, the declared secret changes, or `rotate`.
 *
 * @throws DeclarationError if the secret to rotate to is the one that the stack has
 */
export function rotationOf({
  state,
  args,
  changed,
}: Omit<CredentialUpdate<typeof apiKeyShape>, "pathOf">): PropertyMap | undefined {
  const isSecretNew = changed.has("secret") && args.secret !== undefined && args.secret !== state.key;
  const why = changed.has("rotate") ? "asked" : isSecretNew ? "secret" : changed.has("generation") ? "due" : undefined;
  if (why === undefined) {
    return undefined;
  }
  // A secret that was taken out and is given again, or that the provider made: check can't know that the key has it.
  if (args.secret !== undefined && args.secret === state.key) {
    throw new DeclarationError(
      "secret: the key has this one already. Run `pulumi refresh`; where the next `up` says so again, leave it out, which keeps it.",
    );
  }
  const { generation } = args as PropertyMap;
  const overlap = overlapOf(args, why);
  return {
    // The target makes it safe to repeat: where the answer was lost, the service makes the same generation anew. So it must
    // not be the one that the stack has, which an earlier version of this package has left in the inputs.
    generation: Math.max(Number(generation ?? 0), Number(state.generation) + 1),
    overlap,
    holdWhileUsed: durationMs(overlap) > 0 ? args.holdWhileUsed : undefined,
    secret: args.secret ?? makeClientSecret(args.kind),
  };
}

/** The secret of a Web API's key that the program doesn't give: made on the client's side, so that the service never had to send it. */
export function makeClientSecret(kind: Schemas["ApiKeyKind"]): string | undefined {
  return isClientSecret(kind) ? randomBytes(32).toString("base64url") : undefined;
}

/**
 * What an answer with a secret in it leaves in the state: the secret, its generation and fingerprint, the one before it, and how far the
 * program's clock is ahead of the service's, which has just made the secret.
 */
export function secretOutputs(key: Schemas["ApiKey"], secret: unknown, state: PropertyMap = {}): PropertyMap {
  const isPreviousOurs = key.previousSecret !== null && state.__held === key.generation - 1;
  return {
    key: secret,
    __held: key.generation,
    __heldFingerprint: key.fingerprint,
    previousKey: isPreviousOurs ? state.key : undefined,
    __aheadMs: Date.now() - Date.parse(key.rotatedAt),
  };
}

/**
 * The outputs about rotation.
 *
 * A secret whose generation was made anew is lost, and the next `up` rotates the key.
 *
 * Where the key has moved on from the secret that the stack has, somebody else has rotated it, or an answer was lost.
 * Then `generation` and `rotatedAt` stay those of that secret, and `__target` has the next `up` reach a generation that
 * the service makes: the one that is there, while nobody used it, else the next.
 */
export function rotationOutputs(key: Schemas["ApiKey"], once: PropertyMap, args: KeyArgs): PropertyMap {
  const { generation, rotatedAt, previousSecret, secretUsed } = key;
  const isAlive = typeof once.__held === "number" && once.__held <= generation && !isReplaced(key, once);
  const held = isAlive ? (once.__held as number) : undefined;
  const isLost = once.__held !== undefined && held === undefined;
  const isBehind = held !== undefined && held < generation;
  const shown = isBehind ? once.rotatedAt : rotatedAt;
  const every = everyMs(args);
  return {
    key: isLost ? undefined : once.key,
    keyAvailable: !isLost && once.key !== undefined && (!isBehind || isAlivePrevious(key, held)),
    previousKey: isBehind || isLost || previousSecret === null ? undefined : once.previousKey,
    previousKeyExpiresAt: previousSecret?.expiresAt,
    previousKeyHeld: previousSecret?.held ?? false,
    generation: held ?? generation,
    rotatedAt: shown,
    rotatesAt:
      every === undefined || args.holdRotation || args.state === "revoked" || typeof shown !== "string"
        ? undefined
        : new Date(Date.parse(shown) + every).toISOString(),
    // A lost secret stays known as such, or only the first refresh would see it.
    __held: once.__held,
    __heldFingerprint: once.__heldFingerprint,
    __aheadMs: once.__aheadMs,
    __target: isBehind && !secretUsed ? generation : isBehind || isLost ? generation + 1 : undefined,
  };
}

/** Whether the generation whose secret the stack has was made anew, with another secret, wherever the stack has handed its own on. */
function isReplaced({ generation, fingerprint, previousSecret }: Schemas["ApiKey"], once: PropertyMap): boolean {
  const { __held: held, __heldFingerprint: own } = once;
  if (own === undefined) return false;
  if (held === generation) return own !== fingerprint;
  return held === generation - 1 && previousSecret !== null && own !== previousSecret.fingerprint;
}

function isAlivePrevious({ generation, previousSecret }: Schemas["ApiKey"], held: number | undefined): boolean {
  return previousSecret !== null && held === generation - 1;
}
