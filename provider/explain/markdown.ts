/** An explanation as Markdown for a pull request. */
import { asLine } from "roster-schema";
import type { Explanation } from "./explain.ts";
import { type Group, groups } from "./findings.ts";
import type { Phrase } from "./phrase.ts";

/** What a comment on GitHub can contain; GitLab allows more. */
const maxCharacters = 65_536;

/**
 * Writes an explanation as Markdown. Other people's text is in code, so it can't be a mention, a link or markup.
 *
 * @returns at most 65,536 characters; the least serious lines are left out, and counted
 */
export function markdownOf({ findings, notTried, errors }: Explanation, max = maxCharacters): string {
  const sections = [
    { heading: "The preview failed", lines: errors.map((error) => code(asLine(error))) },
    ...Object.entries(groups).map(([group, heading]) => ({
      heading,
      lines: findings.filter((finding) => finding.group === (group as Group)).map(({ text }) => inMarkdown(text)),
    })),
    { heading: "Not tried", lines: notTried.map(({ text }) => inMarkdown(text)) },
  ].filter(({ lines }) => lines.length > 0);
  if (sections.length === 0) {
    return "This change does nothing to people and their keys.\n";
  }
  return cut(sections, max);
}

interface Section {
  readonly heading: string;
  readonly lines: readonly string[];
}

function cut(sections: readonly Section[], max: number): string {
  const total = sections.reduce((sum, { lines }) => sum + lines.length, 0);
  const note = (left: number) => `\n_${left} more lines don't fit here. \`roster explain\` prints all of them._\n`;
  let text = "";
  let shown = 0;
  for (const { heading, lines } of sections) {
    let own = `${text === "" ? "" : "\n"}### ${heading}\n\n`;
    for (const line of lines) {
      const item = `- ${line}\n`;
      if (text.length + own.length + item.length + note(total).length > max) {
        return `${text}${own.includes("- ") ? own : ""}${note(total - shown)}`;
      }
      own += item;
      shown += 1;
    }
    text += own;
  }
  return text;
}

/** A phrase in Markdown. */
function inMarkdown(text: Phrase): string {
  return text.map((part) => (typeof part === "string" ? escaped(part) : code(asLine(part.quoted)))).join("");
}

/** Code contains no markup. A longer fence surrounds text that contains backticks. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = text.startsWith("`") || text.endsWith("`") || text.trim() === "" ? " " : "";
  return `${fence}${pad}${text}${pad}${fence}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|~]/g, "\\$&");
}
