/** Runs what `npm run bench` is asked for. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { textOf, writeDocument } from "./document.ts";
import { assignments } from "./measurements/assignments.ts";
import { fronts } from "./measurements/fronts.ts";
import { large } from "./measurements/large.ts";
import { limited } from "./measurements/limited.ts";
import { manifest } from "./measurements/manifest.ts";
import { members } from "./measurements/members.ts";
import { resources } from "./measurements/resources.ts";
import { service } from "./measurements/service.ts";
import { start } from "./measurements/start.ts";
import { trials } from "./measurements/trials.ts";
import { verification } from "./measurements/verification.ts";
import type { Row } from "./row.ts";

const measurements = [
  ...[start, fronts, members, manifest, assignments, resources],
  ...[service, limited, trials, large, verification],
];
const report = path.join(import.meta.dirname, "report.json");

const { values } = parseArgs({ options: { only: { type: "string" } } });
const names = values.only?.split(",");
const unknown = names?.filter((name) => measurements.every((measurement) => measurement.name !== name)) ?? [];
if (unknown.length > 0) {
  say(
    `Unknown measurement: ${unknown.join(", ")}. The measurements are ${measurements.map(({ name }) => name).join(", ")}.`,
  );
  process.exit(2);
}

const startedAt = performance.now();
const rows: Row[] = [];
let failures = 0;
for (const { name, measure } of measurements) {
  if (names?.includes(name) === false) {
    continue;
  }
  say(`${name} …`);
  try {
    const measured = await measure();
    rows.push(...measured);
    for (const row of measured) {
      say(`  ${describe(row)}`);
    }
  } catch (error) {
    // The others are measured all the same.
    failures += 1;
    say(`FAILED  ${name}: ${(error as Error).message}`);
  }
  writeFileSync(report, `${JSON.stringify(rows, undefined, 2)}\n`);
}
say(`Written to ${path.relative(process.cwd(), report)}.`);
if (names === undefined && failures === 0) {
  writeDocument(rows, (performance.now() - startedAt) / 60_000);
}
process.exit(failures === 0 && rows.every(({ passed }) => passed) ? 0 : 1);

function describe({ name, roster, peer, peerName, target, passed }: Row): string {
  const verdict = target === "reported" ? "      " : passed ? "passed" : "FAILED";
  const comparison = peer === null ? "" : `, compared with ${textOf(peer)} for ${peerName}`;
  return `${verdict}  ${name}: ${textOf(roster)}${comparison}; ${target}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
