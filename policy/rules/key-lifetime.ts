/** Keys and tokens that work for too long. */
import { durationMs, endOf } from "roster-schema";
import { titleOf } from "../messages.ts";
import { isHidden, type Resource, textOf } from "../resources.ts";
import type { ResourceRule } from "../rule.ts";

interface Settings {
  readonly maxDays: number;
  readonly acceptRotation: boolean;
}

const dayMs = 86_400_000;

/** Reports API keys and access tokens without an end date, and those that end too late. */
export const keyLifetime: ResourceRule<Settings> = {
  name: "key-lifetime",
  description: "API keys and access tokens end, or are rotated, within a number of days.",
  enforcementLevel: "advisory",
  settings: {
    maxDays: {
      type: "integer",
      minimum: 1,
      default: 365,
      description:
        "The number of days from today in which a key must end, and the greatest age at which it is rotated.",
    },
    acceptRotation: {
      type: "boolean",
      default: true,
      description: "Whether a key with `rotation.every` of at most `maxDays` needs no end date.",
    },
  },
  sees:
    "It reads `endDate`, `rotation`, `holdRotation` and `state`. It counts from the day of the preview, so it doesn't notice a key " +
    "whose end date is postponed again and again, and a rotation takes place only if somebody runs `up`. Revoked keys don't count.",
  kinds: ["ApiKey", "AccessToken"],
  check(resource, { maxDays, acceptRotation }, now) {
    const { endDate, rotation, holdRotation, state } = resource.properties;
    if (state === "revoked" || [endDate, state].some(isHidden)) {
      return undefined;
    }
    if (acceptRotation && ([rotation, holdRotation].some(isHidden) || isRotated(resource, maxDays))) {
      return undefined;
    }
    const title = titleOf(resource, "name");
    const latest = new Date(now.getTime() + maxDays * dayMs).toISOString().slice(0, 10);
    const advice = `Set endDate to ${latest} or earlier${acceptRotation ? `, or rotation.every to at most ${maxDays}d` : ""}.`;
    const end = textOf(resource, "endDate");
    if (end === undefined) {
      return `${title} has no end date, and the limit is ${maxDays} days. ${advice}`;
    }
    const at = endOf(end);
    const limit = endOf(latest);
    return at !== undefined && limit !== undefined && at > limit
      ? `${title} ends on ${end}, and the limit is ${maxDays} days. ${advice}`
      : undefined;
  },
};

function isRotated({ properties: { rotation, holdRotation } }: Resource, maxDays: number): boolean {
  const every = typeof rotation === "object" && rotation !== null && "every" in rotation ? rotation.every : undefined;
  return typeof every === "string" && holdRotation !== true && durationMs(every) <= maxDays * dayMs;
}
