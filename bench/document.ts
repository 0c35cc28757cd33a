/** Puts what was measured into docs/performance.md. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { todayAndMachine, withWritten } from "../scripts/documents.mjs";
import { paths } from "../scripts/environment.mjs";
import { plotOf } from "./plot.ts";
import type { Row, Spread } from "./row.ts";

const document = path.join(paths.checkout, "docs/performance.md");
const plot = path.join(paths.checkout, "docs/performance.svg");

/** @param minutes how long the run has taken */
export function writeDocument(rows: readonly Row[], minutes: number): void {
  const drawn = plotOf(rows);
  if (drawn !== undefined) {
    writeFileSync(plot, drawn);
  }
  const image = drawn === undefined ? [] : [`![Seconds against the number of members](${path.basename(plot)})`];
  const measured = `Measured in ${Math.round(minutes)} minutes on ${todayAndMachine()}.`;
  const content = [...image, measured, tableOf(rows)].join("\n\n");
  writeFileSync(document, withWritten(readFileSync(document, "utf8"), "npm run bench", content));
}

function tableOf(rows: readonly Row[]): string {
  return [
    "| measurement | Roster | compared with | target | |",
    "|---|---|---|---|---|",
    ...rows.map(({ name, roster, peer, peerName, target, passed }) => {
      const comparison = peer === null ? "" : `${textOf(peer)}, ${peerName}`;
      const verdict = target === "reported" ? "" : passed ? "passed" : "**failed**";
      return `| ${name} | ${textOf(roster)} | ${comparison} | ${target} | ${verdict} |`;
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
