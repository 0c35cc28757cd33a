/** A row of the report: what of Roster's was measured, beside what, and how it compares. */
export interface Row {
  readonly name: string;
  readonly roster: Spread;
  readonly peer: Spread;
  /** What `roster` is at most, as a multiple of `peer`. */
  readonly target: number;
  readonly passed: boolean;
}

/** The median of some rounds, with the lowest and the highest; in `unit`. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly unit: "ms";
}

/** What is measured under one name; it may give several rows. */
export interface Measurement {
  readonly name: string;
  measure(): Promise<readonly Row[]>;
}

/** @param values one for each round; at least one */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { median: at(sorted.length >> 1), lowest: at(0), highest: at(sorted.length - 1), unit: "ms" };
}

/** The row of two spreads, which were measured in turn. */
export function rowOf(name: string, roster: Spread, peer: Spread, target: number): Row {
  return { name, roster, peer, target, passed: roster.median <= target * peer.median };
}
