/** When an API key is rotated, and to what. */
import { randomBytes } from "node:crypto";
import { wantsAdoption } from "../adoption.ts";
import type { Change } from "../lifecycle.ts";
import { containsUnknown, unknownValue } from "../unknown.ts";
import type { Values } from "../values.ts";
import type { apiKeyShape } from "./api-key.ts";

/** How long the secret before it lives on after a rotation that `rotate` asked for. */
export const defaultOverlap = "24h";

/** Whether `rotate` asks for an act: at creation it doesn't. */
export function asksToRotate(args: Values, previous: Values): boolean {
  return previous.kind !== undefined && args.rotate !== undefined && args.rotate !== previous.rotate;
}

/** The generation that a key will have; undefined where nobody knows the present one, as of an adopted key before a refresh. */
export function nextGeneration(args: Values, previous: Values): unknown {
  if (previous.kind === undefined) {
    return wantsAdoption(args) ? undefined : 1;
  }
  if (typeof previous.generation !== "number") {
    return undefined;
  }
  const isSecretNew = previous.secret !== undefined && args.secret !== undefined && args.secret !== previous.secret;
  if (!isSecretNew && !asksToRotate(args, previous)) {
    return previous.generation;
  }
  return containsUnknown([args.rotate, args.secret]) ? unknownValue : previous.generation + 1;
}

/** What a change asks for as a rotation: one, whether the declared secret changes, or `rotate`, or both. */
export function rotationOf({ state, args, changed }: Omit<Change<typeof apiKeyShape>, "at">): Values | undefined {
  const isAsked = changed.has("rotate");
  const isSecretNew = changed.has("secret") && args.secret !== undefined && args.secret !== state.key;
  if (!isAsked && !isSecretNew) {
    return undefined;
  }
  return {
    // The target makes it safe to repeat: where the answer was lost, the service makes the same generation anew.
    generation: Number(state.generation) + 1,
    // Who changes a secret and says no more may have lost it to somebody: the one before it ends now.
    overlap: args.rotation?.overlap ?? (isAsked ? defaultOverlap : "0s"),
    secret: args.secret ?? makeClientSecret(args.kind),
  };
}

/** The secret of a Web API's key that the program doesn't give: made on the client's side, so that the service never had to send it. */
export function makeClientSecret(kind: string): string | undefined {
  return kind === "webapi" ? randomBytes(32).toString("base64url") : undefined;
}
