/** Puts what a whole run of the trials has counted into docs/reliability.md. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { todayAndMachine, withWritten } from "../scripts/documents.mjs";
import { paths } from "../scripts/environment.mjs";
import type { Result } from "./trial.ts";

const document = path.join(paths.checkout, "docs/reliability.md");

/** @param minutes how long the run has taken */
export function writeDocument(results: readonly Result[], minutes: number): void {
  const table = [
    "| trial | seeds | counted |",
    "|---|---|---|",
    ...results.map((result) => `| ${result.id} | ${result.seeds} | ${figuresOf(result)} |`),
  ];
  const content = [...table, "", `Counted in ${Math.round(minutes)} minutes on ${todayAndMachine()}.`].join("\n");
  writeFileSync(document, withWritten(readFileSync(document, "utf8"), "npm run trials", content));
}

/** A trial's figures for a person. */
export function figuresOf({ figures }: Result): string {
  return Object.entries(figures)
    .map(([figure, count]) => `${figure} ${count}`)
    .join(", ");
}
