/** A request that was tried, and what is common to everything that tries requests. */
import { ApiError, RosterError } from "../errors.ts";
import { onlyReads } from "../kinds/rights.ts";
import type { Attempt } from "../lifecycle/interface.ts";
import type { Client } from "../wire/client.ts";
import type { Trial } from "../wire/trials.ts";

/** A request, and what trying it has shown. */
export interface Tried extends Attempt {
  readonly trial: Trial;
}

/**
 * Leaves out what is refused to somebody who can read and not change anything: the preview then shows what another caller would do.
 *
 * @param tried requests, as far as they have a trial
 */
export async function withoutDenied<One extends { readonly trial: Trial }>(
  client: Client,
  tried: readonly One[],
): Promise<readonly One[]> {
  const meant = tried.filter(({ trial }) => !isDenied(trial));
  const self = meant.length === tried.length ? undefined : await client.service.selfIfKnown();
  return self !== undefined && onlyReads(self) ? meant : tried;
}

/** Whether the caller may not make the change. */
export function isDenied({ refusal }: Trial): boolean {
  return refusal instanceof ApiError && refusal.code === "permission_denied";
}

/**
 * Calls a function that asks the service.
 *
 * @param onFailure is told why, if there is no answer
 * @returns undefined if the service doesn't answer, or refuses to try so much: nothing depends on a trial, and `up` reports what is wrong
 */
export async function unlessFailed<Answer>(
  ask: () => Promise<Answer>,
  onFailure?: (error: RosterError) => void,
): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof RosterError)) {
      throw error;
    }
    onFailure?.(error);
    return undefined;
  }
}
