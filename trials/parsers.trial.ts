/**
 * Bad input to the parsers: texts are made up as manifests and as CSV files, most of them wrong. Each is read, or refused
 * with a ManifestError that says where in it; there is no other error.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll } from "vitest";
import {
  csvContents,
  expectCsvReadOrRefused,
  expectManifestReadOrRefused,
  manifestTexts,
  type Outcome,
} from "../test/unit/made-up-texts.ts";
import { type Attempt, trial } from "./trial.ts";

const folder = mkdtempSync(path.join(tmpdir(), "roster-parsers-"));
const file = path.join(folder, "members.csv");
afterAll(() => rmSync(folder, { recursive: true }));

const textsOfKind = 250;

function expectOfAll<Text>(attempt: Attempt, texts: fc.Arbitrary<Text>, expectOutcome: (text: Text) => Outcome): void {
  const holds = (text: Text) => attempt.count(expectOutcome(text));
  fc.assert(fc.property(texts, holds), { seed: attempt.seed, numRuns: textsOfKind });
}

trial({
  id: "parsers",
  title: "a manifest or CSV file that is made up is read, or refused with the places in it",
  seeds: { full: 40, short: 1 },
  async try(attempt) {
    for (const texts of Object.values(manifestTexts)) {
      expectOfAll(attempt, texts, expectManifestReadOrRefused);
    }
    expectOfAll(attempt, csvContents, (content) => expectCsvReadOrRefused(file, content));
  },
});
