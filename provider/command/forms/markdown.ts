/** Sections as Markdown for a pull request or an issue. */
import { asLine } from "roster-schema";
import type { Phrase } from "../../explain/phrase.ts";
import type { Section } from "../../explain/sections.ts";

/** What a comment on GitHub can contain; GitLab allows more. */
const maxCharacters = 65_536;

/**
 * Writes sections as Markdown. Other people's text is in code, so that it can't be a mention, a link or markup.
 *
 * @param max the maximum length, by default 65,536 characters; the last lines are left out, and counted
 */
export function markdownOf(sections: readonly Section[], max: number = maxCharacters): string {
  const all = sections.flatMap(({ heading, level, lines }, at) => [
    {
      isLine: false,
      text: `${at === 0 ? "" : "\n"}${"#".repeat(level)} ${heading}\n${lines.length === 0 ? "" : "\n"}`,
    },
    ...lines.map((line) => ({ isLine: true, text: `- ${inMarkdown(line)}\n` })),
  ]);
  const lines = all.filter(({ isLine }) => isLine).length;
  let [text, shown] = ["", 0];
  for (const [at, part] of all.entries()) {
    // A heading stands only with its first line.
    const needed = `${part.text}${part.isLine ? "" : (all[at + 1]?.text ?? "")}`;
    const note = `\n_${lines - shown} more lines don't fit here; \`roster explain\` prints all of them._\n`;
    if (text.length + needed.length + note.length > max) {
      return `${text}${note}`;
    }
    text += part.text;
    shown += part.isLine ? 1 : 0;
  }
  return text;
}

function inMarkdown(text: Phrase): string {
  return text.map((part) => (typeof part === "string" ? escaped(part) : code(asLine(part.quoted)))).join("");
}

/** Nothing in code is markup. A longer fence surrounds text that contains backticks. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const isPadded = text.startsWith("`") || text.endsWith("`") || text.trim() === "";
  return isPadded ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|~]/g, "\\$&");
}
