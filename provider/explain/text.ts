/** An explanation as plain text. */
import { asLine } from "roster-schema";
import type { Explanation } from "./explain.ts";
import { type Group, groups } from "./findings.ts";
import type { Phrase } from "./phrase.ts";

/** Writes an explanation as lines of plain text. */
export function textOf({ findings, notTried, errors }: Explanation): string {
  const sections = [
    section("The preview failed", errors.map(asLine)),
    ...Object.entries(groups).map(([group, heading]) => {
      const own = findings.filter((finding) => finding.group === (group as Group));
      return section(
        heading,
        own.map(({ text }) => plain(text)),
      );
    }),
    section(
      "Not tried",
      notTried.map(({ text }) => plain(text)),
    ),
  ].filter((text) => text !== "");
  return sections.length === 0 ? "This change does nothing to people and their keys.\n" : sections.join("\n");
}

/** A phrase as plain text, on one line. */
export function plain(text: Phrase): string {
  return text.map((part) => (typeof part === "string" ? part : asLine(part.quoted))).join("");
}

function section(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${heading}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
