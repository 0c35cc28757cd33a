/** The guards of a pipeline: what an update must not do unless it is meant. */
import { durationMs } from "roster-schema";
import type { Explanation } from "./explain.ts";
import type { Finding, Mark } from "./findings.ts";
import type { Phrase } from "./phrase.ts";

/** What stops an update. */
export interface Stop {
  /** The guard as it was given, such as `removed-people=5`. */
  readonly guard: string;
  /** What the update does, and what to do if it is meant. */
  readonly text: Phrase;
}

/** A guard, given a value. @returns why it stops the pipeline; undefined if it doesn't */
type Guard = (explanation: Explanation, value: string | undefined, nowMs: number) => Phrase | undefined;

const meant = " If this is meant, remove the guard for this change.";

/** The guards by name, each with what it needs to stop. */
const guards: Readonly<Record<string, { readonly value: RegExp | undefined; readonly trips: Guard }>> = {
  "removed-people": {
    value: /^\d{1,6}$/,
    trips({ findings }, value) {
      const people = new Set(marked(findings, "removed-person").map(({ person }) => person)).size;
      const limit = Number(value ?? "1");
      return people < Math.max(1, limit)
        ? undefined
        : [
            `${people} ${people === 1 ? "person loses" : "people lose"} access. If this is meant, raise the number for this change.`,
          ];
    },
  },
  "admin-change": simple("admin-change", "The administrators change."),
  "closes-organization": simple("organization-closes", "An organization is closed."),
  "key-ends": simple("key-ends", "A key or an access token stops working or gets another secret."),
  "key-in-use": {
    value: /^\d{1,6}[smhd]$/,
    trips({ findings }, value, nowMs) {
      const withinMs = durationMs(value ?? "7d");
      const used = marked(findings, "key-ends").filter(({ lastUsedAt }) => {
        return typeof lastUsedAt === "string" && nowMs - Date.parse(lastUsedAt) <= withinMs;
      });
      return used.length === 0
        ? undefined
        : [
            `A key or an access token that was used within ${value ?? "7d"} stops working or gets another secret.${meant}`,
          ];
    },
  },
  refused: {
    value: undefined,
    trips: ({ findings, errors }) =>
      findings.some(({ group }) => group === "refused") || errors.length > 0
        ? ["The service or the preview refuses a part of the change. Correct the declaration."]
        : undefined,
  },
  "not-tried": {
    value: undefined,
    trips: ({ notTried }) => (notTried.length === 0 ? undefined : [`Not everything could be tried.${meant}`]),
  },
  outside: {
    value: undefined,
    trips: ({ outside }) =>
      outside.length === 0
        ? undefined
        : ["Objects were changed outside the stack. Take the changes over, or accept that the update undoes them."],
  },
};

/**
 * Describes what is wrong with guards.
 *
 * @param given such as `removed-people=5,admin-change`
 * @returns undefined if nothing is
 */
export function wrongGuards(given: string): string | undefined {
  for (const [name, value] of pairsIn(given)) {
    const guard = Object.hasOwn(guards, name) ? guards[name] : undefined;
    if (guard === undefined) {
      return `--fail-on has no guard ${JSON.stringify(name)}; the guards are ${Object.keys(guards).join(", ")}.`;
    }
    if (value !== undefined && guard.value?.test(value) !== true) {
      return `--fail-on: ${JSON.stringify(value)} is not a value for ${name}. ${valueRemedies[name] ?? "It takes none."}`;
    }
  }
  return undefined;
}

/**
 * Applies guards.
 *
 * @param given guards that were checked
 * @returns those that stop the update
 */
export function applyGuards(explanation: Explanation, given: string, nowMs: number): Stop[] {
  return pairsIn(given).flatMap(([name, value]) => {
    const text = guards[name]?.trips(explanation, value, nowMs);
    return text === undefined ? [] : [{ guard: value === undefined ? name : `${name}=${value}`, text }];
  });
}

function pairsIn(given: string): [name: string, value: string | undefined][] {
  const all = given.split(",").map((guard) => guard.trim());
  return all
    .filter((guard) => guard !== "")
    .map((guard) => {
      const [name = "", value] = guard.split("=", 2);
      return [name, value];
    });
}

const valueRemedies: Readonly<Record<string, string>> = {
  "removed-people": "It takes the number of people from which the guard stops, such as removed-people=5.",
  "key-in-use": "It takes a duration, such as key-in-use=7d.",
};

function simple(mark: Mark, says: string) {
  const trips: Guard = ({ findings }) => (marked(findings, mark).length === 0 ? undefined : [`${says}${meant}`]);
  return { value: undefined, trips };
}

function marked(findings: readonly Finding[], mark: Mark): Finding[] {
  return findings.filter(({ marks = [] }) => marks.includes(mark));
}
