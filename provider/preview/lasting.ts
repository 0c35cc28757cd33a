/**
 * Whether an update would be refused what the trial of a replacement was refused. The service tries it against what exists now; in a preview,
 * and while other resources are being changed, that is not yet what the program declares.
 */
import { entryIn, setIn } from "roster-schema";
import { ApiError } from "../errors.ts";
import { isOwn } from "../lifecycle/adoption.ts";
import type { Registrations } from "../lifecycle/registrations.ts";
import { aboutPeople } from "./previewed-resources.ts";
import { type Declared, judge } from "./refusals.ts";
import { idsIn, type TriedStep } from "./sequence.ts";

/**
 * Decides whether a step of a replacement would be refused at this point of an update. If that isn't certain, it says no.
 *
 * @param names the externalIds of the replaced and of the new object
 */
export function wouldBeRefused(run: Registrations, step: TriedStep, names: readonly unknown[]): boolean {
  const { refusal, dependsOn } = step.trial;
  if (!(refusal instanceof ApiError) || !step.isCertain || refusal.retryable) {
    return false;
  }
  // More mails to an address than are allowed in an hour.
  if (refusal.code === "rate_limited") {
    return true;
  }
  const unknown: Declared = { title: "", isChanging: true };
  const ids = new Set(idsIn(step.request).map(([, id]) => id));
  const declares = (externalId: string): Declared | undefined => {
    if (names.some((name) => name === externalId || name === setIn(externalId))) {
      return undefined;
    }
    const registration = run.registrationOf(externalId);
    if (registration !== undefined) {
      const isListed = registration.entries === undefined || registration.entries.has(entryIn(externalId));
      return isListed ? { title: "", isChanging: run.isPending(externalId) } : undefined;
    }
    const { id } = dependsOn.find((one) => one.externalId === externalId) ?? {};
    // What the new object refers to was registered before it. Anything else of this stack may be registered later.
    const isSettled = step.isOwn && id !== undefined && ids.has(id);
    return isOwn(externalId, step.externalId) && !isSettled ? unknown : undefined;
  };
  const isPending = (kinds: ReadonlySet<string>) => run.hasPending(kinds, names[0]);
  const judgment = judge(
    { code: refusal.code, dependsOn, externalId: step.externalId },
    {
      declares,
      makersOfPerson: () => (isPending(aboutPeople) ? [unknown] : []),
      makersOfAdministrator: () => [unknown],
    },
  );
  return judgment.kind === "failure";
}
