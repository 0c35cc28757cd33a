/** Findings at places in files, in the forms that people, GitHub and GitLab read. */
import { createHash } from "node:crypto";
import path from "node:path";
import { asLine, visible } from "roster-schema";
import { z } from "zod";
import { portablePath } from "../../kinds/logo-file.ts";

const level = z.enum(["error", "warning", "notice"]);

const annotation = z.strictObject({
  level,
  file: z.string().meta({ description: "The path from the root, with forward slashes." }),
  line: z.int().min(1).optional().meta({ description: "From 1; omitted for the whole file." }),
  column: z.int().min(1).optional().meta({ description: "From 1, in UTF-16 code units." }),
  title: z.string().optional().meta({ description: "What kind of finding it is, in a few words." }),
  message: z.string().meta({ description: "What is wrong, and what to do." }),
  code: z.string().optional().meta({ description: "What kind of finding it is, for programs." }),
});

/** What the form `json` is: an object with the findings. */
export const annotationsSchema = z.strictObject({ findings: z.array(annotation) });

/** A finding at a place in a file. */
export type Annotation = Readonly<z.infer<typeof annotationsSchema>["findings"][number]>;

/** The names of the forms. */
export const annotationForms = ["text", "github", "gitlab", "json"] as const;

/** The name of a form. */
export type AnnotationForm = (typeof annotationForms)[number];

/** Writes findings in a form. */
export function annotationsIn(form: AnnotationForm, findings: readonly Annotation[]): string {
  return forms[form](findings.map((finding) => ({ ...finding, message: visible(finding.message) })));
}

/** The path of a file from a root, as both hosts want it: with forward slashes, on every system. */
export function fileFrom(root: string, file: string, system: typeof path = path): string {
  return portablePath(system.relative(root, file), system);
}

const forms: Readonly<Record<AnnotationForm, (findings: readonly Annotation[]) => string>> = {
  text: (findings) => findings.map(compilerLine).join(""),
  github: (findings) => findings.map(workflowCommand).join(""),
  gitlab: (findings) => jsonOf(codeQuality(findings)),
  json: (findings) => jsonOf({ findings }),
};

function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** As compilers write it, so that editors find the place: `roster.yaml:7:3: error: …`. */
function compilerLine({ level, file, line, column, message }: Annotation): string {
  const place = [asLine(file), ...(line === undefined ? [] : [line, ...(column === undefined ? [] : [column])])];
  return `${place.join(":")}: ${level}: ${asLine(message)}\n`;
}

/**
 * A workflow command of GitHub Actions.
 *
 * @see https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
 */
function workflowCommand({ level, file, line, column, title, message }: Annotation): string {
  const properties = Object.entries({ file, line, col: column, title }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapedProperty(String(value))}`],
  );
  return `::${level} ${properties.join(",")}::${escapedData(message)}\n`;
}

function escapedData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

const severities = { error: "major", warning: "minor", notice: "info" } as const;

/**
 * A report of GitLab's code quality. A fingerprint stays the same if the finding moves to another line.
 *
 * @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
function codeQuality(findings: readonly Annotation[]) {
  const seen = new Map<string, number>();
  return findings.map(({ level, file, line = 1, message, code = level }) => {
    const text = JSON.stringify([code, file, message]);
    const before = seen.get(text) ?? 0;
    seen.set(text, before + 1);
    return {
      description: message,
      check_name: code,
      fingerprint: createHash("sha256")
        .update(JSON.stringify([text, before]))
        .digest("hex"),
      severity: severities[level],
      location: { path: file, lines: { begin: line } },
    };
  });
}
