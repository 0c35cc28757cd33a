/** Puts what was measured into docs/performance.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import path from "node:path";
import { paths } from "../scripts/environment.mjs";
import { plotOf } from "./plot.ts";
import type { Row, Spread } from "./row.ts";

const document = path.join(paths.checkout, "docs/performance.md");
const plot = path.join(paths.checkout, "docs/performance.svg");
const [begin, end] = ["<!-- begin of what `npm run bench` writes -->", "<!-- end of what `npm run bench` writes -->"];

/** @param minutes how long the run has taken */
export function writeDocument(rows: readonly Row[], minutes: number): void {
  const text = readFileSync(document, "utf8");
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${document} has no place for the figures`);
  const drawn = plotOf(rows);
  if (drawn !== undefined) writeFileSync(plot, drawn);
  const image = drawn === undefined ? [] : [`![Seconds against the number of members](${path.basename(plot)})`];
  const content = [...image, machine(minutes), tableOf(rows)].join("\n\n");
  writeFileSync(document, `${before}${begin}\n${content}\n${end}${after}`);
}

function machine(minutes: number): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return (
    `Measured on ${new Date().toISOString().slice(0, 10)} in ${Math.round(minutes)} minutes, on ${cpus().length} × ${cpu?.model.trim()} with ${memory} GiB, ` +
    `${process.platform}, Node.js ${process.versions.node}.`
  );
}

function tableOf(rows: readonly Row[]): string {
  return [
    "| what | Roster | beside it | target | |",
    "|---|---|---|---|---|",
    ...rows.map(({ name, roster, peer, beside, target, passed }) => {
      const besides = peer === null ? "" : `${textOf(peer)}, ${beside}`;
      const verdict = target === "reported" ? "" : passed ? "passed" : "**failed**";
      return `| ${name} | ${textOf(roster)} | ${besides} | ${target} | ${verdict} |`;
    }),
  ].join("\n");
}

/** A figure for a person: the median, with the lowest and the highest where they differ. */
export function textOf({ median, lowest, highest, unit }: Spread): string {
  const spread = lowest === highest ? "" : ` (${figure(lowest)} to ${figure(highest)})`;
  return `${figure(median)} ${unit}${spread}`;
}

function figure(value: number): string {
  const digits = Number.isInteger(value) || value >= 1000 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
