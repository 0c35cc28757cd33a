/** Sections as plain text. */
import { asLine } from "roster-schema";
import type { Phrase } from "../../explain/phrase.ts";
import type { Section } from "../../explain/sections.ts";

/** Writes sections as lines of plain text. */
export function textOf(sections: readonly Section[]): string {
  return sections
    .map(({ heading, level, lines }, at) => {
      const space = at === 0 ? "" : "\n";
      const indent = level === 2 ? "" : "  ";
      return `${space}${indent}${heading}\n${lines.map((line) => `${indent}  ${plain(line)}\n`).join("")}`;
    })
    .join("");
}

function plain(text: Phrase): string {
  return text.map((part) => (typeof part === "string" ? part : asLine(part.quoted))).join("");
}
