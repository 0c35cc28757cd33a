/** Every link from one document to another file of the project leads somewhere. */
import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { filesUnder, read, root } from "./sources.ts";

const documents = filesUnder(".", /\.md$/);

/** The targets of the links in a text that are files. */
function targetsIn(text: string): string[] {
  return [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) => target);
}

test("links are found", () => {
  expect(targetsIn("[a](b.md), [c](d/e.md#f), ![g](h.png), [i](https://j.example), [k](#l)")).toEqual([
    "b.md",
    "d/e.md",
    "h.png",
  ]);
  expect(documents).toContain("SECURITY.md");
});

test.each(documents)("%s", (file) => {
  const missing = targetsIn(read(file)).filter((target) => !existsSync(path.join(root, path.dirname(file), target)));
  expect(missing).toEqual([]);
});
