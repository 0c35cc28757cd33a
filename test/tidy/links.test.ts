/** Every link from one document to another file of the project leads somewhere, and the index of docs/ names all of it. */
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { documents, fragmentsIn, linksIn } from "./markdown.ts";
import { filesUnder, read, root } from "./sources.ts";

const index = "docs/README.md";

/** The file that a link leads to, from the repository's folder on. */
function fileOf(document: string, target: string): string {
  return target === "" ? document : path.posix.join(path.posix.dirname(document), target);
}

/** What is wrong with the links of a document, each as the link is written. */
function brokenIn(document: string): string[] {
  return linksIn(read(document)).flatMap(({ target, fragment }) => {
    const file = fileOf(document, target);
    if (!existsSync(path.join(root, file))) {
      return [`${target}: there is no such file`];
    }
    const isThere = fragment === undefined || (file.endsWith(".md") && fragmentsIn(read(file)).includes(fragment));
    return isThere ? [] : [`${target}#${fragment}: there is no such heading`];
  });
}

describe("what there is, is found", () => {
  test("links", () => {
    const text =
      "[a](b.md), [c](d/e.md#f), ![g](h.png), [i](https://j.example), [k](#l)\n```\n[m](n.md)\n```\n[o\np](q.md)\n";
    expect(linksIn(text)).toEqual([
      { target: "b.md", fragment: undefined },
      { target: "d/e.md", fragment: "f" },
      { target: "h.png", fragment: undefined },
      { target: "", fragment: "l" },
      { target: "q.md", fragment: undefined },
    ]);
    expect(documents).toContain("SECURITY.md");
  });

  test("headings", () => {
    const text = "# One\n## `npm test`, and [more](a.md)\n```sh\n# no heading\n```\n## One\n### What isn't there\n";
    expect(fragmentsIn(text)).toEqual(["one", "npm-test-and-more", "one-1", "what-isnt-there"]);
  });
});

test.each(documents)("%s", (document) => {
  expect(brokenIn(document)).toEqual([]);
});

test("docs/README.md names every document under docs/", () => {
  const named = linksIn(read(index)).map(({ target }) => fileOf(index, target));
  const expected = filesUnder("docs", /\.md$/).filter((document) => document !== index);
  expect(expected).not.toEqual([]);
  expect(expected.filter((document) => !named.includes(document))).toEqual([]);
});

test("every file under docs/ is reached from docs/README.md", () => {
  const reached = new Set([index]);
  for (const document of reached) {
    if (!document.endsWith(".md")) {
      continue;
    }
    for (const { target } of linksIn(read(document))) {
      const file = fileOf(document, target);
      if (file.startsWith("docs/")) {
        reached.add(file);
      }
    }
  }
  expect(filesUnder("docs").filter((file) => !reached.has(file))).toEqual([]);
});
