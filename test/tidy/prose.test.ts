/** The form of the documents: how wide they are wrapped, and how their headings are written. */
import { describe, expect, test } from "vitest";
import { documents, proseLinesOf } from "./markdown.ts";
import { read } from "./sources.ts";

const maxWidth = 100;

/** Records and lists of promises that are kept in the form that they have, and what a command prints. */
const kept = /^(docs\/decisions\/|examples\/|test\/.*__snapshots__\/|SECURITY\.md$|CHANGELOG\.md$)/;
const wrapped = documents.filter((document) => !kept.test(document));

/** The lines that are too long, as `line N has M characters`. What a command writes into a document is the command's. */
function tooLongIn(document: string): string[] {
  const written = /<!-- begin of what `[^`]+` writes -->\n[\s\S]*?<!-- end of what `[^`]+` writes -->/g;
  const text = document.replaceAll(written, (block) => "\n".repeat(block.split("\n").length - 1));
  return proseLinesOf(text).flatMap((line, at) => {
    // A link, or code that is one word to the reader, can't be broken.
    const isBreakable = /\S \S/.test(line.replace(/`[^`]*`|\]\([^)]*\)|https?:\S+/g, "x").trim());
    const isTable = /^ *\|/.test(line);
    return line.length > maxWidth && isBreakable && !isTable ? [`line ${at + 1} has ${line.length} characters`] : [];
  });
}

/** Words that have a capital wherever they stand. */
const names = /^(APIs?|SDKs?|JWT|CSV|YAML|URL|SQL|TypeScript|PostgreSQL|YugabyteDB|Pulumi|Roster|Stripe|Node\.js)\b/;

/** The headings that aren't in sentence case. */
function wrongHeadingsIn(document: string): string[] {
  const headings = proseLinesOf(document).filter((line) => /^#+ /.test(line));
  return headings.filter((heading) => {
    const [first = "", ...others] = heading.replace(/^#+ /, "").split(" ");
    const startsInLowerCase = /^[a-z]/.test(first);
    return startsInLowerCase || others.some((word) => /^[A-Z]/.test(word) && !names.test(word));
  });
}

describe("what is too long, is found", () => {
  const long = "word ".repeat(25).trim();

  test("in prose and lists", () => {
    expect(tooLongIn(`${long}\n\n- ${long}\n${"w".repeat(120)}\n`)).toEqual([
      "line 1 has 124 characters",
      "line 3 has 126 characters",
    ]);
  });

  test("and not in tables, code, what a command writes, and links", () => {
    const begin = "<!-- begin of what `npm run x` writes -->";
    const end = "<!-- end of what `npm run x` writes -->";
    expect(
      tooLongIn(
        `| ${long} |\n\`\`\`\n${long}\n\`\`\`\n${begin}\n${long}\n${end}\n<${`https://x.example/${"y".repeat(99)}`}>\n`,
      ),
    ).toEqual([]);
  });
});

test.each(wrapped)(`%s is wrapped at ${maxWidth} characters`, (document) => {
  expect(tooLongIn(read(document))).toEqual([]);
});

test("a heading that isn't in sentence case is found", () => {
  const text = "# Rotate a JWT on PostgreSQL\n## Rotate A Key\n## rotate a key\n```\n# A Comment\n```\n";
  expect(wrongHeadingsIn(text)).toEqual(["## Rotate A Key", "## rotate a key"]);
});

test.each(wrapped)("%s has headings in sentence case", (document) => {
  expect(wrongHeadingsIn(read(document))).toEqual([]);
});
