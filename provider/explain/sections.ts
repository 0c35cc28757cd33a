/** The sections of an explanation that every form for people has, in their order. */
import type { Explanation } from "./explain.ts";
import { groups } from "./findings.ts";
import type { Stop } from "./guards.ts";
import { type Phrase, phrase } from "./phrase.ts";

/** A heading with its lines. */
export interface Section {
  readonly heading: string;
  /** 2 for what a reader must not miss, 3 below that. */
  readonly level: 2 | 3;
  readonly lines: readonly Phrase[];
}

/** The sections that have lines; a heading that has only further headings below it has none. */
export function sectionsOf(explanation: Explanation, stops: readonly Stop[]): Section[] {
  const { findings, notTried, outside, errors } = explanation;
  const changes = Object.entries(groups)
    .map(([group, heading]): Section => {
      const own = findings.filter((finding) => finding.group === group);
      return { heading, level: 3, lines: own.map(({ text }) => text) };
    })
    .filter(({ lines }) => lines.length > 0);
  const own: Section = { heading: "What this change does", level: 2, lines: changes.length === 0 ? nothing : [] };
  const all: readonly Section[] = [
    { heading: "Stopped", level: 2, lines: stops.map(({ guard, text }) => phrase`${guard}: ${text}`) },
    { heading: "The preview failed", level: 2, lines: errors.map((error) => phrase`${error}`) },
    own,
    ...changes,
    { heading: "Not tried", level: 2, lines: notTried.map(({ text }) => text) },
    { heading: "Changed outside the stack", level: 2, lines: outside.map(({ text }) => text) },
  ];
  return all.filter((section) => section === own || section.lines.length > 0);
}

const nothing: readonly Phrase[] = [["Nothing that concerns people or their keys."]];
