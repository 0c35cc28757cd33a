/** What a preview prints about the trials of one resource. */
import { ApiError } from "../errors.ts";
import { isOwn } from "../lifecycle/adoption.ts";
import { ownRemedy } from "../lifecycle/name-conflicts.ts";
import { grouped } from "./grouped.ts";
import { lossesOf } from "./losses.ts";
import type { PreviewedResource, PreviewedResources } from "./previewed-resources.ts";
import { type Judgment, judge } from "./refusals.ts";
import type { Tried } from "./tried.ts";

/** The maximum number of entries of a set that one message names. */
const maxNamed = 10;

/** A message about a resource. */
interface Finding {
  readonly severity: "error" | "warning";
  readonly message: string;
}

/** A refusal, and what it means. */
interface Judged {
  readonly entry: string | undefined;
  readonly refusal: string;
  readonly judgment: Judgment;
}

/** What trying the changes of a resource has shown. */
export interface TriedChanges {
  /** Each of its requests, tried alone. */
  readonly attempts: readonly Tried[];
  /** Those that are accepted alone, and refused after other changes of the program. */
  readonly together: readonly Tried[];
  /** The refused deletes of what it replaces. */
  readonly ends: readonly Tried[];
}

/**
 * Describes what the service would refuse, and what people would lose.
 *
 * @param isSecret whether the addresses of entries must not be printed
 */
export function findingsOf(
  resource: PreviewedResource,
  { attempts, together, ends }: TriedChanges,
  resources: PreviewedResources,
  isSecret: boolean,
): Finding[] {
  const judged = attempts.flatMap((attempt) => judgedOf(resource, attempt, resources));
  const failures = judged.filter(({ judgment }) => judgment.kind === "failure");
  const warnings = judged.flatMap(({ judgment, ...rest }) =>
    judgment.kind === "warning" ? [{ ...rest, because: judgment.because }] : [],
  );
  const losses = lossesOf(attempts.flatMap(({ trial }) => trial.effects));
  const named = (refusals: readonly Pick<Judged, "entry" | "refusal">[]) => listed(resource, refusals, isSecret);
  const warningOf = (tried: readonly Tried[], reason: string): Finding[] => {
    return tried.length === 0 ? [] : [{ severity: "warning", message: `${named(tried.map(refusedOf))}\n  ${reason}` }];
  };
  return [
    ...(failures.length === 0 ? [] : [{ severity: "error" as const, message: named(failures) }]),
    ...[...grouped(warnings, ({ because }) => because.join(", "))].map(([because, those]) => {
      const message = `${named(those)}\n  ${because === "" ? later : changesAsWell(because)}`;
      return { severity: "warning" as const, message };
    }),
    ...warningOf(together, afterOthers),
    ...warningOf(ends, endsFirst),
    ...(losses === undefined ? [] : [{ severity: "warning" as const, message: losses }]),
  ];
}

const later = "The service may accept this later.";

const afterOthers =
  "The service accepts this change alone, but it may refuse it after the other changes of this program.";

const endsFirst = "A replacement deletes the object first. The service would refuse that as things are now.";

function refusedOf({ entry, trial: { refusal } }: Tried): Pick<Judged, "entry" | "refusal"> {
  return { entry, refusal: refusal?.message ?? "" };
}

function changesAsWell(titles: string): string {
  return `The preview tries each change alone. This program also changes ${titles}, so \`up\` may succeed.`;
}

function judgedOf(resource: PreviewedResource, { trial, ...attempt }: Tried, resources: PreviewedResources): Judged[] {
  const { refusal, dependsOn } = trial;
  if (refusal === undefined) {
    return [];
  }
  const { entry } = attempt;
  if (!(refusal instanceof ApiError)) {
    return [{ entry, refusal: refusal.message, judgment: { kind: "warning", because: [] } }];
  }
  const externalId = resources.nameOf(resource, entry);
  const judgment = judge(
    { code: refusal.code, dependsOn, externalId },
    {
      declares: (name) => resources.declares(name),
      makersOfPerson: () => resources.changingPerson(resource, attempt),
      makersOfAdministrator: () => resources.changingRoles(resource),
    },
  );
  const isOwnElsewhere = dependsOn.some(
    (one) => isOwn(one.externalId, externalId) && resources.declares(one.externalId ?? "") === undefined,
  );
  const remedy = judgment.kind === "failure" && isOwnElsewhere ? `\n  ${ownRemedy}` : "";
  return [{ entry, refusal: `${refusal.message}${remedy}`, judgment }];
}

/** Lists refusals; those of a set with their addresses. */
function listed(
  { lifecycle }: PreviewedResource,
  refusals: readonly Pick<Judged, "entry" | "refusal">[],
  isSecret: boolean,
): string {
  if (!lifecycle.isSet) {
    return refusals.map(({ refusal }) => refusal).join("\n  ");
  }
  const lines = refusals.slice(0, maxNamed).map(({ entry = "", refusal }) => {
    const line = `${entry}: ${refusal.replaceAll("\n", "\n  ")}`;
    return isSecret ? line.replaceAll(entry, "[secret]") : line;
  });
  const more = refusals.length - lines.length;
  return [
    `${refusals.length} ${lifecycle.subjects.entries} would be refused:`,
    ...lines,
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join("\n  ");
}
