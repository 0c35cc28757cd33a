/** When an API key or an access token is rotated, and to which secret. */
import { randomBytes } from "node:crypto";
import { durationMs, isClientSecret, type Schemas } from "roster-schema";
import { DeclarationError } from "../../errors.ts";
import { wantsAdoption } from "../../lifecycle/adoption.ts";
import type { RemoteObject } from "../../lifecycle/definition.ts";
import type { PropertyMap } from "../../values/property-map.ts";
import { hasPassed } from "../../values/property-types.ts";
import { containsUnknown, isUnknownAt, unknownValue } from "../../values/unknown.ts";
import type { SecretNames } from "./names.ts";
import { defaultOverlap, type SharedArgs } from "./shared-properties.ts";

/** The inputs that the provider computes. Those that are not known are omitted. */
export interface PlannedRotation {
  /** The generation of the secret that the stack should have. */
  readonly generation: unknown;
  /** When that secret was made, by the service's clock: see {@link serviceTime}. */
  readonly rotatedAt?: unknown;
  /** When the previous secret expires, by the same clock; under the name that the kind gives it. */
  readonly [previousExpiresAt: string]: unknown;
  /** By how many milliseconds the program's clock was ahead of the service's; omitted until a refresh determines it. */
  readonly __aheadMs?: unknown;
  /** The generation to reach, if the key was rotated outside the stack or a response was lost: see {@link rotationOutputs}. */
  readonly __target?: unknown;
}

/** What rotation depends on: the shared arguments, and those that only an API key has. */
export type SecretArgs = SharedArgs & { readonly kind?: Schemas["ApiKeyKind"]; readonly secret?: string };

/** What rotation reads of an API key or an access token. */
export type SecretRemote = RemoteObject &
  Pick<Schemas["ApiKey"], "generation" | "rotatedAt" | "fingerprint" | "secretUsed" | "previousSecret">;

/** Whether the object exists: the previous inputs of one that is created or replaced are empty. */
export function exists({ organization }: PropertyMap): boolean {
  return organization !== undefined;
}

/** Whether `rotate` requests a rotation; at creation, it doesn't. */
export function asksToRotate(args: PropertyMap, previous: PropertyMap): boolean {
  return exists(previous) && args.rotate !== undefined && args.rotate !== previous.rotate;
}

/**
 * The service's time, computed from the previous inputs, because check sends no requests. Until a refresh has determined the difference
 * between the two clocks, all times are those of the program's clock, so they are consistent as well.
 */
function serviceTime({ __aheadMs }: PropertyMap): string {
  return new Date(Date.now() - (typeof __aheadMs === "number" ? __aheadMs : 0)).toISOString();
}

/** Decides whether a key is rotated; `previous` holds the inputs of the last check, and is empty at creation. */
export function planRotation(names: SecretNames, args: SecretArgs, previous: PropertyMap): PlannedRotation {
  const now = serviceTime(previous);
  const hasSchedule = everyMs(args) !== undefined;
  if (!exists(previous)) {
    return wantsAdoption(args) ? { generation: undefined } : { generation: 1, ...(hasSchedule && { rotatedAt: now }) };
  }
  const { generation, __target, __aheadMs } = previous;
  const end = { [names.previousExpiresAt]: previous[names.previousExpiresAt] };
  // A new schedule starts now if the age of the secret is not known.
  const rotatedAt = previous.rotatedAt ?? (hasSchedule ? now : undefined);
  const same = { generation, rotatedAt, ...end, __target, __aheadMs };
  if (typeof generation !== "number") {
    return same;
  }
  const why = reasonToRotate(names, args, previous, now);
  if (why === undefined) {
    return same;
  }
  return {
    generation: containsUnknown([args.rotate, args.secret]) ? unknownValue : (__target ?? generation + 1),
    rotatedAt: now,
    __aheadMs,
    [names.previousExpiresAt]: isUnknownAt(args, ["rotation", "overlap"])
      ? unknownValue
      : new Date(Date.parse(now) + durationMs(overlapOf(args, why))).toISOString(),
  };
}

type Reason = "asked" | "secret" | "due";

function reasonToRotate(names: SecretNames, args: SecretArgs, previous: PropertyMap, now: string): Reason | undefined {
  if (asksToRotate(args, previous)) {
    return "asked";
  }
  // This also applies if no secret was declared before: the provider has made one, or the key had one before its adoption.
  if (args.secret !== undefined && args.secret !== previous.secret) {
    return "secret";
  }
  const isOver = args.endDate !== undefined && hasPassed(args.endDate, Date.parse(now));
  if (args.holdRotation || args.state === "revoked" || isOver || args.secret !== undefined) {
    return undefined;
  }
  const end = previous[names.previousExpiresAt];
  // A key has two secrets at most: while the previous one is kept because it is in use, neither can be replaced.
  if (args.holdWhileUsed !== undefined && typeof end === "string" && end > now) {
    return undefined;
  }
  return previous.__target !== undefined || isDue(args, previous, now) ? "due" : undefined;
}

function isDue(args: SecretArgs, { rotatedAt }: PropertyMap, now: string): boolean {
  const every = everyMs(args);
  return every !== undefined && typeof rotatedAt === "string" && Date.parse(rotatedAt) + every <= Date.parse(now);
}

function everyMs({ rotation }: Pick<SecretArgs, "rotation">): number | undefined {
  const every = rotation?.every;
  return every === undefined || containsUnknown(every) ? undefined : durationMs(every);
}

function overlapOf({ rotation }: SecretArgs, why: Reason): string {
  // A secret that is changed without an overlap may have been leaked, so the previous one ends immediately.
  return rotation?.overlap ?? (why === "secret" ? "0s" : defaultOverlap);
}

/**
 * The body of the rotation that an update requires, because it is due, the declared secret changes, or `rotate` changes.
 *
 * @throws DeclarationError if the new secret is the one that the stack has
 */
export function rotationOf(
  names: SecretNames,
  {
    state,
    args,
    changed,
  }: { readonly state: PropertyMap; readonly args: SecretArgs; readonly changed: ReadonlySet<string> },
): PropertyMap | undefined {
  const held = state[names.secret];
  const isSecretNew = changed.has("secret") && args.secret !== undefined && args.secret !== held;
  const why = changed.has("rotate") ? "asked" : isSecretNew ? "secret" : changed.has("generation") ? "due" : undefined;
  if (why === undefined) {
    return undefined;
  }
  // A secret that was removed and declared again, or that the provider made: check can't know that the key has it.
  if (args.secret !== undefined && args.secret === held) {
    throw new DeclarationError(
      "secret: the key already has this secret. Run `pulumi refresh`. If the next `up` fails again, remove `secret`, which keeps it.",
    );
  }
  const { generation } = args as PropertyMap;
  const overlap = overlapOf(args, why);
  return {
    // The target makes retries safe: if the response was lost, the service makes the same generation again. So it must not be the
    // generation that the stack has, which an earlier version of this package has left in the inputs.
    generation: Math.max(Number(generation ?? 0), Number(state.generation) + 1),
    overlap,
    holdWhileUsed: durationMs(overlap) > 0 ? args.holdWhileUsed : undefined,
    secret: args.secret ?? makeClientSecret(args.kind),
  };
}

/** Makes the secret of a Web API's key, unless the program declares one, so that the service never has to send it. */
export function makeClientSecret(kind: Schemas["ApiKeyKind"] | undefined): string | undefined {
  return kind !== undefined && isClientSecret(kind) ? randomBytes(32).toString("base64url") : undefined;
}

/**
 * The once-only outputs from a response with a secret: the secret, its generation and fingerprint, the previous secret, and how far the
 * program's clock is ahead of the service's, which has just made the secret.
 */
export function secretOutputs(
  names: SecretNames,
  key: SecretRemote,
  secret: unknown,
  state: PropertyMap = {},
): PropertyMap {
  const isPreviousOurs = key.previousSecret !== null && state.__held === key.generation - 1;
  return {
    [names.secret]: secret,
    __held: key.generation,
    __heldFingerprint: key.fingerprint,
    [names.previous]: isPreviousOurs ? state[names.secret] : undefined,
    __aheadMs: Date.now() - Date.parse(key.rotatedAt),
  };
}

/**
 * The outputs about rotation.
 *
 * A secret whose generation was made again is lost, and the next `up` rotates the key.
 *
 * If the key has a later generation than the stack, it was rotated outside the stack, or a response was lost. In that case,
 * `generation` and `rotatedAt` stay those of the stack's secret, and `__target` is the generation that the next `up` has the
 * service make: the current one if its secret was never used, otherwise the next one.
 */
export function rotationOutputs(
  names: SecretNames,
  key: SecretRemote,
  once: PropertyMap,
  args: SecretArgs,
): PropertyMap {
  const { generation, rotatedAt, previousSecret, secretUsed } = key;
  const isAlive = typeof once.__held === "number" && once.__held <= generation && !isReplaced(key, once);
  const held = isAlive ? (once.__held as number) : undefined;
  const isLost = once.__held !== undefined && held === undefined;
  const isBehind = held !== undefined && held < generation;
  const shown = isBehind ? once.rotatedAt : rotatedAt;
  const every = everyMs(args);
  return {
    [names.secret]: isLost ? undefined : once[names.secret],
    [names.available]: !isLost && once[names.secret] !== undefined && (!isBehind || isAlivePrevious(key, held)),
    [names.previous]: isBehind || isLost || previousSecret === null ? undefined : once[names.previous],
    [names.previousExpiresAt]: previousSecret?.expiresAt,
    [names.previousHeld]: previousSecret?.held ?? false,
    generation: held ?? generation,
    rotatedAt: shown,
    rotatesAt:
      every === undefined || args.holdRotation || args.state === "revoked" || typeof shown !== "string"
        ? undefined
        : new Date(Date.parse(shown) + every).toISOString(),
    // A lost secret stays marked as lost; otherwise, only the first refresh would detect it.
    __held: once.__held,
    __heldFingerprint: once.__heldFingerprint,
    __aheadMs: once.__aheadMs,
    __target: isBehind && !secretUsed ? generation : isBehind || isLost ? generation + 1 : undefined,
  };
}

/** Whether the generation of the stack's secret was made again with another secret. */
function isReplaced({ generation, fingerprint, previousSecret }: SecretRemote, once: PropertyMap): boolean {
  const { __held: held, __heldFingerprint: own } = once;
  if (own === undefined) {
    return false;
  }
  if (held === generation) {
    return own !== fingerprint;
  }
  return held === generation - 1 && previousSecret !== null && own !== previousSecret.fingerprint;
}

function isAlivePrevious({ generation, previousSecret }: SecretRemote, held: number | undefined): boolean {
  return previousSecret !== null && held === generation - 1;
}
