/** Whatever the text of a manifest is, it is taken, or said to be wrong at places in it. */
import fc from "fast-check";
import { describe, test } from "vitest";
import { canonical, expectManifestReadOrRefused, manifestHead, manifestTexts } from "./made-up-texts.ts";

describe("whatever the text is, it is taken or said to be wrong at places in it", () => {
  test.each(Object.entries(manifestTexts))("%s", (_what, texts) => {
    const holds = (text: string) => void expectManifestReadOrRefused(text);
    fc.assert(fc.property(texts, holds), { numRuns: 1_500 });
  });

  test.each(["]name\n    <<: ", " }name\n    name: ", "*a", "a\n- b: ["])("%j after a manifest's head", (more) => {
    expectManifestReadOrRefused(manifestHead + more);
  });

  test("the canonical manifest with any line left out, repeated or moved to another depth", () => {
    const lines = canonical.split("\n");
    for (const [at, line] of lines.entries()) {
      for (const instead of [
        [],
        [line, line],
        [`  ${line}`],
        [line.slice(2)],
        [line.replace(/:.*/, ":")],
        [line.replace(/:.*/, ": 7")],
      ]) {
        expectManifestReadOrRefused([...lines.slice(0, at), ...instead, ...lines.slice(at + 1)].join("\n"));
      }
    }
  });

  test("nested without end", () => {
    for (const depth of [100, 10_000]) {
      expectManifestReadOrRefused("[".repeat(depth));
      expectManifestReadOrRefused(`name: ${"{a: ".repeat(depth)}${"}".repeat(depth)}`);
      expectManifestReadOrRefused(`name: ${"[".repeat(depth)}${"]".repeat(depth)}`);
      expectManifestReadOrRefused("{".repeat(depth));
      expectManifestReadOrRefused("? ".repeat(depth));
    }
  });
});
