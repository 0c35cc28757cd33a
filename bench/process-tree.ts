/** A program, and what it and the programs that it starts take. */
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { text } from "node:stream/consumers";

const everyMs = 200;

/** What a run has taken. */
export interface Taken {
  readonly seconds: number;
  /** The most that all its processes had resident at one moment, in MB; NaN where the system doesn't tell. */
  readonly memoryMb: number;
  readonly output: string;
}

/**
 * Waits for a program that was just started to end.
 *
 * @throws Error with what it printed, if it fails
 */
export async function measured(child: ChildProcess): Promise<Taken> {
  const startedAt = performance.now();
  let memoryMb = Number.NaN;
  const sampling = setInterval(() => {
    const now = residentMb(child.pid ?? 0);
    memoryMb = Number.isNaN(memoryMb) ? now : Math.max(memoryMb, now);
  }, everyMs);
  const printed = [child.stdout, child.stderr].map((stream) => (stream === null ? "" : text(stream)));
  const status = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("exit", resolve));
  const seconds = (performance.now() - startedAt) / 1000;
  clearInterval(sampling);
  const output = (await Promise.all(printed)).join("\n");
  if (status !== 0) {
    throw new Error(`${child.spawnargs.join(" ")} ended with ${status}:\n${output}`);
  }
  return { seconds, memoryMb, output };
}

/** @returns what a process and all that it started have resident, in MB; NaN where /proc doesn't say. */
export function residentMb(root: number): number {
  const children = new Map<number, number[]>();
  const kilobytes = new Map<number, number>();
  for (const pid of processIds()) {
    const status = statusOf(pid);
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
    kilobytes.set(pid, Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0));
  }
  if (kilobytes.size === 0) {
    return Number.NaN;
  }
  let sum = 0;
  const left = [root];
  for (let pid = left.pop(); pid !== undefined; pid = left.pop()) {
    sum += kilobytes.get(pid) ?? 0;
    left.push(...(children.get(pid) ?? []));
  }
  return sum / 1024;
}

function processIds(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    // It has ended meanwhile.
    return "";
  }
}
