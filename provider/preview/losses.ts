/** What a change takes from people, in words, from the effects that trying it has shown. */
import type { Schemas } from "roster-schema";
import { grouped } from "./grouped.ts";

type Effect = Schemas["TrialEffect"];

/** What happens to one key, token, membership or session by an effect. */
type Loss = "key" | "assignment" | "token" | "membership" | "session";

const lossOf: Readonly<Record<string, Loss>> = {
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
  const losses = grouped(
    effects.filter(({ action }) => Object.hasOwn(lossOf, action)),
    ({ action, object }) => `${lossOf[action]} ${lossOf[action] === "assignment" ? (object?.name ?? "") : ""}`,
  );
  const parts = [...losses.values()].map((group) => describe(group, nowMs));
  return parts.length === 0 ? undefined : `${parts.join("; ")}.`;
}

function describe(effects: readonly Effect[], nowMs: number): string {
  const [first] = effects;
  const count = effects.reduce((sum, effect) => sum + effect.count, 0);
  const name = first?.object?.name ?? "";
  const used = usedText(effects, nowMs);
  switch (lossOf[first?.action ?? ""]) {
    case "assignment":
      return `${counted(count, "person loses", "people lose")} the key ${name}${used}`;
    case "key":
      return count === 1 ? `the key ${name} stops working${used}` : `${count} keys stop working${used}`;
    case "token":
      return `${counted(count, "access token stops", "access tokens stop")} working${used}`;
    case "membership":
      return `${counted(count, "person loses a membership", "people lose a membership")}`;
    default:
      return `${counted(count, "session ends", "sessions end")}`;
  }
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

function agoText(ms: number): string {
  if (ms < minuteMs) {
    return "less than a minute ago";
  }
  const [unitMs, unit] = ms < hourMs ? [minuteMs, "minute"] : ms < dayMs ? [hourMs, "hour"] : [dayMs, "day"];
  const count = Math.floor(ms / unitMs);
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}
