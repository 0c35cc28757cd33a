/** An explanation as JSON, and what an earlier one was reviewed with. */
import { z } from "zod";
import type { Explanation } from "./explain.ts";
import { groups } from "./findings.ts";
import type { Stop } from "./guards.ts";
import { type Phrase, redacted, unescaped } from "./phrase.ts";

const text = z.string().describe("A sentence, with other people's text as it is: escape it before you show it.");
const resource = z
  .string()
  .describe("The resource that causes it, as the engine's URN; absent if there is none.")
  .optional();

const finding = z
  .object({
    group: z.enum(Object.keys(groups) as [keyof typeof groups]).describe("What it is about."),
    text,
    person: z.string().describe("The address of the person who loses or gains something.").optional(),
    subject: z.string().describe("The key or the access token that it is about, by name.").optional(),
    marks: z.array(z.string()).describe("What the guards of `--fail-on` look for."),
    lastUsedAt: z.string().nullable().describe("When the key or token was last used; null if never.").optional(),
    resource,
  })
  .describe("One thing that the update does.");

/** The form of an explanation as JSON. */
export const explanationSchema = z
  .object({
    version: z.literal(1),
    project: z.string(),
    stack: z.string(),
    state: z.string().nullable().describe("When the state was last written, RFC 3339; null if that isn't known."),
    manifest: z
      .object({ path: z.string(), sha256: z.string() })
      .nullable()
      .describe("The manifest that the change was reviewed with; null without `--manifest`."),
    redacted: z.boolean().describe("Whether addresses are shortened."),
    changes: z.array(finding).describe("What the update does, the most serious first."),
    outside: z
      .array(z.object({ text, resource }))
      .describe("What was changed outside the stack since its last update."),
    notTried: z
      .array(z.object({ text, resource }))
      .describe("What the service has not tried. Nothing is known about it."),
    errors: z.array(z.string()).describe("The errors with which the preview failed."),
    guards: z.array(z.object({ guard: z.string(), text })).describe("The guards that stop the pipeline."),
  })
  .describe("What an update of a stack means for people and their keys, as `roster explain --json` writes it.");

/** An explanation as JSON. */
export type ExplanationDocument = z.infer<typeof explanationSchema>;

/** What an explanation is about. */
export type About = Pick<ExplanationDocument, "project" | "stack" | "state" | "manifest" | "redacted">;

/** Writes an explanation as JSON. */
export function documentOf(explanation: Explanation, guards: readonly Stop[], about: About): ExplanationDocument {
  const shown = (phrase: Phrase) => unescaped(about.redacted ? redacted(phrase) : phrase);
  const one = ({ text, urn }: { readonly text: Phrase; readonly urn?: string }) => ({
    text: shown(text),
    // A program may name a resource after a person.
    ...(urn === undefined ? {} : { resource: shown([{ quoted: urn }]) }),
  });
  return {
    version: 1,
    ...about,
    changes: explanation.findings.map((finding) => {
      const { group, person, subject, marks = [], lastUsedAt } = finding;
      return {
        group,
        ...one(finding),
        marks: [...marks],
        ...(person === undefined ? {} : { person: shown([{ quoted: person }]) }),
        ...(subject === undefined ? {} : { subject: shown([{ quoted: subject }]) }),
        ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
      };
    }),
    outside: explanation.outside.map(one),
    notTried: explanation.notTried.map(one),
    errors: explanation.errors.map((error) => shown([{ quoted: error }])),
    guards: guards.map(({ guard, text }) => ({ guard, text: shown(text) })),
  };
}

/** The losses of an explanation that an earlier one doesn't have. */
export function lossesSince(now: ExplanationDocument, reviewed: ExplanationDocument): ExplanationDocument["changes"] {
  const seen = new Set(reviewed.changes.map(lossKey));
  return now.changes.filter((change) => {
    const isLoss = change.group === "loses" || change.marks.length > 0;
    return isLoss && !seen.has(lossKey(change));
  });
}

/** What a loss is recognized by. Its sentence says when a key was last used, which changes all the time. */
function lossKey({ group, marks, person, subject, resource }: ExplanationDocument["changes"][number]): string {
  return JSON.stringify([group, marks, person, subject, resource]);
}
