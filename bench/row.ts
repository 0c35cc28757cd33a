import type { Taken } from "./process-tree.ts";

/** A row of the report: a measurement of Roster, the peer that it is compared with, and its target. */
export interface Row {
  readonly name: string;
  readonly roster: Spread;
  /** The same measurement of the peer, in alternating runs; null without a peer. */
  readonly peer: Spread | null;
  /** The name of the peer. */
  readonly peerName: string | null;
  /** The target, in words. */
  readonly target: string;
  /** The target as a number, computed in this run; null if the row has no target. */
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

/** Something that Roster is compared with. */
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
  return { name, roster, ...peerOf(peer), target: "reported", atMost: null, passed: true };
}

function rowOf(name: string, roster: Spread, peer: Peer | undefined, target: string, atMost: number): Row {
  return { name, roster, ...peerOf(peer), target, atMost, passed: roster.median <= atMost };
}

function peerOf(peer: Peer | undefined): Pick<Row, "peer" | "peerName"> {
  return { peer: peer?.spread ?? null, peerName: peer?.is ?? null };
}
