/** Runs what `npm run bench` is asked for. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Row, Spread } from "./row.ts";
import { verification } from "./verification.ts";

const measurements = [verification];
const report = path.join(import.meta.dirname, "report.json");

const { values } = parseArgs({ options: { only: { type: "string" } } });
const names = values.only?.split(",");
const unknown = names?.filter((name) => measurements.every((measurement) => measurement.name !== name)) ?? [];
if (unknown.length > 0) {
  say(`There is no ${unknown.join(", ")}. There is: ${measurements.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}

const rows: Row[] = [];
for (const { name, measure } of measurements) {
  if (names?.includes(name) === false) continue;
  say(`${name} …`);
  const measured = await measure();
  rows.push(...measured);
  for (const row of measured) say(`  ${describe(row)}`);
}
writeFileSync(report, `${JSON.stringify(rows, undefined, 2)}\n`);
say(`Written to ${path.relative(process.cwd(), report)}.`);
process.exit(rows.every(({ passed }) => passed) ? 0 : 1);

function describe({ name, roster, peer, target, passed }: Row): string {
  const times = (roster.median / peer.median).toFixed(2);
  return `${passed ? "passed" : "FAILED"}  ${name}: ${text(roster)} beside ${text(peer)}, ${times} times; at most ${target}`;
}

function text({ median, lowest, highest, unit }: Spread): string {
  return `${median.toFixed(2)} ${unit} (${lowest.toFixed(2)} to ${highest.toFixed(2)})`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
