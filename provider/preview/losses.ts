/** What a change takes from people, in words, from the effects that trying it has shown. */
import { asLine, type Schemas } from "roster-schema";

type Effect = Schemas["TrialEffect"];

/** What happens to one key, token, membership or session by an effect. */
type Loss = "key" | "assignment" | "token" | "membership" | "session";

/** What a person loses by an effect, by its action. */
export const lossOf: Readonly<Record<string, Loss>> = {
  "api_key.stop": "key",
  "api_key.revoke": "key",
  "api_key_assignment.stop": "assignment",
  "api_key_assignment.delete": "assignment",
  "access_token.stop": "token",
  "access_token.revoke": "token",
  "membership.end": "membership",
  "session.end": "session",
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * Describes what people lose, in one line.
 *
 * @param nowMs the time that the last uses are compared with
 * @returns undefined if nobody loses anything
 */
export function lossesOf(effects: readonly Effect[], nowMs = Date.now()): string | undefined {
  const of = (loss: Loss) => effects.filter(({ action }) => lossOf[action] === loss);
  const [keys, assignments, tokens] = [of("key"), of("assignment"), of("token")];
  const people = new Set(assignments.map(({ user, object }) => user ?? object?.id)).size;
  const lose = counted(people, "person loses", "people lose");
  const parts = [
    keysText(keys, lose, people, nowMs),
    ...(people === 0 || keys.length === 1
      ? []
      : [`${lose} ${keys.length === 0 ? attached(assignments.length) : "them"}`]),
    ...(tokens.length === 0
      ? []
      : [`${counted(tokens.length, "access token stops", "access tokens stop")} working${usedText(tokens, nowMs)}`]),
    ...countedLoss(of("membership"), "membership ends", "memberships end"),
    ...countedLoss(of("session"), "session ends", "sessions end"),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : `${parts.join("; ")}.`;
}

function keysText(keys: readonly Effect[], lose: string, people: number, nowMs: number): string | undefined {
  const [key, ...others] = keys;
  if (key === undefined) {
    return undefined;
  }
  const used = usedText(keys, nowMs);
  if (others.length > 0) {
    return `${keys.length} keys stop working${used}`;
  }
  const name = asLine(key.object?.name ?? "");
  return people === 0 ? `the key ${name} stops working${used}` : `${lose} the key ${name}${used}`;
}

function attached(count: number): string {
  return count === 1 ? "a key that is attached to them" : `${count} keys that are attached to them`;
}

function countedLoss(effects: readonly Effect[], one: string, many: string): string[] {
  const count = effects.reduce((sum, effect) => sum + effect.count, 0);
  return count === 0 ? [] : [counted(count, one, many)];
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** When the last of several keys or tokens was used. */
function usedText(effects: readonly Effect[], nowMs: number): string {
  const [last] = effects
    .flatMap(({ lastUsedAt }) => lastUsedAt ?? [])
    .toSorted()
    .reverse();
  return last === undefined ? ", never used" : `, last used ${agoText(nowMs - Date.parse(last))}`;
}

/** How long ago something was, such as `4 minutes ago`. */
export function agoText(ms: number): string {
  if (ms < minuteMs) {
    return "less than a minute ago";
  }
  const [unitMs, unit] = ms < hourMs ? [minuteMs, "minute"] : ms < dayMs ? [hourMs, "hour"] : [dayMs, "day"];
  const count = Math.floor(ms / unitMs);
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}
