import type { Taken } from "./process-tree.ts";

/** A row of the report: what of Roster's was measured, beside what, and what it may be. */
export interface Row {
  readonly name: string;
  readonly roster: Spread;
  /** What was measured beside it, in turn; null where nothing was. */
  readonly peer: Spread | null;
  /** What the peer is. */
  readonly beside: string | null;
  /** What `roster` has to be, in words. */
  readonly target: string;
  /** The same as a number, in its unit, as it came out in this run; null where the row only reports. */
  readonly atMost: number | null;
  readonly passed: boolean;
}

type Unit = "ms" | "s" | "requests" | "MB" | "bytes";

/** The median of some rounds, with the lowest and the highest; in `unit`. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly unit: Unit;
}

/** A stack of Roster's, or its like. */
export interface Side {
  up(): Promise<Taken>;
  /**
   * Fails unless there is nothing to do.
   *
   * @param refreshing whether it looks at the service
   */
  preview(refreshing: boolean): Promise<Taken>;
  readonly stateBytes: number;
  remove(): void;
}

/** What is measured under one name; it may give several rows. */
export interface Measurement {
  readonly name: string;
  measure(): Promise<readonly Row[]>;
}

/** @param values one for each round; at least one */
export function spreadOf(values: readonly number[], unit: Unit): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { median: at(sorted.length >> 1), lowest: at(0), highest: at(sorted.length - 1), unit };
}

/** Something beside which Roster is measured. */
export interface Peer {
  readonly spread: Spread;
  readonly is: string;
}

/** The row of what may take so many times as long as its peer. */
export function timesPeer(name: string, roster: Spread, peer: Peer, times: number): Row {
  return rowOf(name, roster, peer, `at most ${times} of the peer's`, times * peer.spread.median);
}

/** The row of what has a bound of its own. */
export function bounded(name: string, roster: Spread, target: string, atMost: number, peer?: Peer): Row {
  return rowOf(name, roster, peer, target, atMost);
}

/** The row of what nothing is asked of. */
export function reported(name: string, roster: Spread, peer?: Peer): Row {
  return { name, roster, ...besides(peer), target: "reported", atMost: null, passed: true };
}

function rowOf(name: string, roster: Spread, peer: Peer | undefined, target: string, atMost: number): Row {
  return { name, roster, ...besides(peer), target, atMost, passed: roster.median <= atMost };
}

function besides(peer: Peer | undefined): Pick<Row, "peer" | "beside"> {
  return { peer: peer?.spread ?? null, beside: peer?.is ?? null };
}
