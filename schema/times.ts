/** The contract's forms of lengths of time and of end dates. */

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time such as `12h`, of the contract's form, in milliseconds. */
export function durationMs(duration: string): number {
  const unit = duration.slice(-1) as keyof typeof unitMs;
  return Number(duration.slice(0, -1)) * unitMs[unit];
}

/** The last instant that RFC 3339 can write: in years of four digits. */
const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * The instant at which an end date is over: a date alone is valid through that day in UTC. The last instant is that of
 * 9999-12-31, which many systems write where they mean that there is no end.
 *
 * @returns undefined where the calendar has no such day or time.
 */
export function endOf(endDate: string): Date | undefined {
  const isDay = endDate.length === "2026-01-31".length;
  const at = new Date(isDay ? `${endDate}T00:00:00Z` : endDate);
  // JavaScript rolls February 30 over into March: what doesn't come back as it went in doesn't exist.
  if (Number.isNaN(at.getTime()) || !at.toISOString().startsWith(endDate.slice(0, 19))) return undefined;
  return isDay ? new Date(Math.min(at.getTime() + unitMs.d, lastMs)) : at;
}

/**
 * Whether a time of the past is one that other systems write where they mean "never": 1970-01-01T00:00:00Z or earlier, such
 * as 0001-01-01T00:00:00Z.
 */
export function isNever(at: Date): boolean {
  return at.getTime() <= 0;
}
