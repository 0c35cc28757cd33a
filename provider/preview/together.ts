/**
 * What trying each change of a preview alone doesn't show: changes that exclude each other, and what is deleted for a replacement. Both
 * give warnings, because the engine decides what comes first.
 */
import { ApiError } from "../errors.ts";
import type { Client } from "../wire/client.ts";
import type { Trial, Trials } from "../wire/trials.ts";
import type { PreviewedResource, PreviewedResources } from "./previewed-resources.ts";
import { causes, isTaken } from "./refusals.ts";
import { type Tried, unlessFailed } from "./tried.ts";

/** The maximum number of requests: a sequence holds the service's database, so a preview of many changes has none. */
const maxTogether = 200;

/** A request of a resource, and what trying it has shown. */
export interface TriedOf extends Tried {
  readonly resource: PreviewedResource;
}

/**
 * Tries the changes that the service accepts alone, and replacements, in an order in which the engine may make them, updates before creates.
 *
 * @returns those that the service refuses after the others; none if that can't be known
 */
export async function refusedTogether(
  { trials }: Client,
  resources: PreviewedResources,
  tried: readonly TriedOf[],
): Promise<TriedOf[]> {
  const meant = tried.flatMap((one) => (one.trial.outcome === "done" ? [one] : withEnd(resources, one)));
  const changing = new Set(meant.map(({ resource }) => resource));
  if (changing.size < 2 || meant.length > maxTogether) {
    return [];
  }
  const ordered = resources.inOrder(changing).flatMap((resource) => meant.filter((one) => one.resource === resource));
  const refused = await refusedOf(trials, "sequence", ordered);
  // Whether what is replaced can be deleted is tried alone.
  return refused.filter((one) => one.request.method !== "DELETE" && replacedBy(resources, one) === undefined);
}

/**
 * Tries to delete what would be replaced. Trying the replacement itself doesn't show a refusal that other resources of the program may lift.
 *
 * @returns the refused deletes; none if that can't be known
 */
export async function refusedEnds(
  { trials }: Client,
  resources: PreviewedResources,
  tried: readonly TriedOf[],
): Promise<TriedOf[]> {
  const ends = tried.flatMap((one) => withEnd(resources, one).slice(0, 1));
  return ends.length > maxTogether ? [] : await refusedOf(trials, "each", ends);
}

/** The delete of the object that a create replaces, and the create; nothing if the request doesn't replace one. */
function withEnd(resources: PreviewedResources, one: TriedOf): TriedOf[] {
  const id = replacedBy(resources, one);
  const externalId = resources.nameOf(one.resource, one.entry);
  const path = id && one.resource.lifecycle.remaking?.endPath(id, { externalId });
  return path ? [{ ...one, request: { method: "DELETE", path } }, one] : [];
}

/** The id of the object that a create replaces: the create is refused, because its own resource has that object. */
function replacedBy(
  resources: PreviewedResources,
  { resource, entry, trial: { refusal, dependsOn } }: TriedOf,
): string | undefined {
  const isTakenByItself = refusal instanceof ApiError && isTaken(refusal.code);
  const externalId = resources.nameOf(resource, entry);
  return isTakenByItself ? dependsOn.find((object) => object.externalId === externalId)?.id : undefined;
}

async function refusedOf(
  trials: Trials | undefined,
  how: "each" | "sequence",
  asked: readonly TriedOf[],
): Promise<TriedOf[]> {
  if (trials?.isSupported !== true || asked.length === 0) {
    return [];
  }
  // What each change shows alone is known without this.
  const answers = await unlessFailed(() => trials[how](asked.map(({ request }) => request)));
  return asked.flatMap((one, at) => {
    const trial = answers?.[at];
    return trial !== undefined && isRefused(trial) ? [{ ...one, trial }] : [];
  });
}

function isRefused({ refusal }: Trial): boolean {
  return refusal instanceof ApiError && causes[refusal.code] !== "moment";
}
