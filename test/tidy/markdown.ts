/** Documents, as the tests of them read them. */
import { filesUnder } from "./sources.ts";

/** Every document of the repository. */
export const documents: readonly string[] = filesUnder(".", /\.md$/);

/** A block of code between fences. */
export interface CodeBlock {
  /** The language after the opening fence, or an empty text. */
  readonly language: string;
  readonly text: string;
  /** The line of the opening fence, from 1 on. */
  readonly line: number;
}

const fence = /^ *```(.*)$/;

/** The blocks of code of a document. */
export function codeBlocksIn(document: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { language: string; line: number; lines: string[] } | undefined;
  for (const [at, line] of document.split("\n").entries()) {
    const language = fence.exec(line)?.[1];
    if (language === undefined) {
      open?.lines.push(line);
    } else if (open === undefined) {
      open = { language, line: at + 1, lines: [] };
    } else {
      blocks.push({ language: open.language, text: `${open.lines.join("\n")}\n`, line: open.line });
      open = undefined;
    }
  }
  return blocks;
}

/** The lines of a document, with empty ones in place of the blocks of code, so that their numbers stay. */
export function proseLinesOf(document: string): string[] {
  let inCode = false;
  return document.split("\n").map((line) => {
    const isFence = fence.test(line);
    if (isFence) {
      inCode = !inCode;
    }
    return inCode || isFence ? "" : line;
  });
}

/** A link to a file of the repository, or to a heading of the document itself. */
export interface Link {
  /** The path as it is written; empty where the link is to the document itself. */
  readonly target: string;
  /** The heading that it leads to, without `#`. */
  readonly fragment: string | undefined;
}

/** The links of a document that lead to files of the repository or to its own headings. */
export function linksIn(document: string): Link[] {
  const prose = proseLinesOf(document).join("\n");
  return [...prose.matchAll(/\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]*))?\)/g)].map(([, target = "", fragment]) => {
    return { target, fragment };
  });
}

/** The fragments that the headings of a document have, as GitHub makes them. */
export function fragmentsIn(document: string): string[] {
  const seen = new Map<string, number>();
  return proseLinesOf(document).flatMap((line) => {
    const heading = /^#{1,6} +(.*?) *$/.exec(line)?.[1];
    if (heading === undefined) {
      return [];
    }
    const text = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
      .replaceAll(" ", "-");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return [before === 0 ? slug : `${slug}-${before}`];
  });
}
