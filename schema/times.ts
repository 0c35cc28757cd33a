/** The durations and end dates of the contract. */

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Converts a duration such as `12h` to milliseconds. */
export function durationMs(duration: string): number {
  const unit = duration.slice(-1) as keyof typeof unitMs;
  return Number(duration.slice(0, -1)) * unitMs[unit];
}

/** The latest time that RFC 3339 can express, with four-digit years. */
const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * The instant of an end date; a date without a time is valid through that day in UTC. The latest instant is that of
 * 9999-12-31, which many systems use for "no end".
 *
 * @returns undefined if the date or time doesn't exist.
 */
export function endOf(endDate: string): Date | undefined {
  const isDay = endDate.length === "2026-01-31".length;
  const at = new Date(isDay ? `${endDate}T00:00:00Z` : endDate);
  // JavaScript converts February 30 to March: a date that changes in the conversion doesn't exist.
  if (Number.isNaN(at.getTime()) || !at.toISOString().startsWith(endDate.slice(0, 19))) {
    return undefined;
  }
  return isDay ? new Date(Math.min(at.getTime() + unitMs.d, lastMs)) : at;
}

/**
 * Whether other systems use a past time for "never": 1970-01-01T00:00:00Z or earlier, such as 0001-01-01T00:00:00Z.
 */
export function isNever(at: Date): boolean {
  return at.getTime() <= 0;
}
