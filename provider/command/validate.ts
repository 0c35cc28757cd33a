/** The command `roster validate`. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { ManifestProblem } from "../errors.ts";
import { examineManifest, type ManifestFindings } from "../program/manifest/document.ts";
import type { OutsideValues } from "../program/manifest/settings.ts";
import { type Annotation, type AnnotationForm, annotationForms, annotationsIn, fileFrom } from "./forms/annotations.ts";
import { givenSettings } from "./stack-file.ts";
import type { Terminal } from "./terminal.ts";
import { argumentsOf, type Command, done, found, UsageError } from "./usage.ts";

const help = `Usage: roster validate [options] [FILE …]

Checks manifests, with the files that they include and their CSV files, and reports every problem that a program would
report. It needs neither the Pulumi CLI nor the service. FILE is a manifest; by default, roster.yaml in the current folder.

  --stack NAME          takes the values of the stack's configuration from its file Pulumi.NAME.yaml
  --config NAME=VALUE   sets a value of the configuration, such as title=Acme or other-project:title=Acme; repeatable
  --format FORM         text (the default), github (workflow commands), gitlab (code quality) or json
  --json                the same as --format json
  --root FOLDER         the folder that file names are relative to; by default, the current folder

A value that isn't known is reported as not checked: one that is encrypted, an environment variable that isn't set, or a
value of the configuration that neither --stack nor --config sets. With --stack, a value that the stack lacks is a
problem, as it is for \`pulumi up\`.

Exit status: 0 no problems, 1 failed, 2 wrong usage, 3 problems. Warnings and what is not checked are not problems.
`;

const options = {
  stack: { type: "string" },
  config: { type: "string", multiple: true },
  format: { type: "string" },
  json: { type: "boolean", default: false },
  root: { type: "string", default: "." },
} as const;

/** Checks manifests. */
export const validate: Command = {
  summary: "checks manifests, without the engine and the service",
  help,
  run: async (args, terminal) => {
    const { values, positionals } = argumentsOf(args, options);
    const form = formOf(values.format, values.json);
    const files = (positionals.length === 0 ? ["roster.yaml"] : positionals).map((file) => manifestAt(file, terminal));
    const outside: OutsideValues = {
      settings: givenSettings(terminal.folder, { stack: values.stack, values: values.config ?? [] }),
      variables: (name) => variableOf(name, terminal),
    };
    const root = path.resolve(terminal.folder, values.root);
    const all = files.flatMap((file) => annotationsOf(examineManifest(file, outside), root));
    // Two manifests can use the same file.
    const annotations = [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
    terminal.print(annotationsIn(form, annotations));
    terminal.tell(`${summaryOf(annotations)}\n`);
    return annotations.some(({ level }) => level === "error") ? found : done;
  },
};

function formOf(format: string | undefined, isJson: boolean): AnnotationForm {
  const name = format ?? (isJson ? "json" : "text");
  const form = annotationForms.find((each) => each === name);
  if (form === undefined || (isJson && form !== "json")) {
    throw new UsageError(
      form === undefined
        ? `--format must be one of ${annotationForms.join(", ")}.`
        : `--json and --format ${form} exclude each other.`,
    );
  }
  return form;
}

/** The path of a manifest from the folder of the process, as a program that runs there would name it. */
function manifestAt(file: string, { folder }: Terminal): string {
  const whole = path.resolve(folder, file);
  if (!existsSync(whole)) {
    throw new UsageError(`the manifest ${file} does not exist in ${folder}.`);
  }
  return path.relative(process.cwd(), whole);
}

function variableOf(name: string, { environment }: Terminal) {
  const value = environment[name];
  return value === undefined
    ? { unknown: `the environment variable ${name} is not set`, isSecret: false }
    : { value, isSecret: false };
}

/** What is found in a manifest: first what is wrong, then what may be, then what is not checked. */
function annotationsOf({ errors, ifChanged, advice, unknown }: ManifestFindings, root: string): Annotation[] {
  const each = (problems: readonly ManifestProblem[], kind: Pick<Annotation, "level" | "title" | "code">, words = "") =>
    problems.map(({ file, line, column, path: place, reason }) => ({
      ...{ level: kind.level, file: fileFrom(root, path.resolve(file)), line, column, title: kind.title },
      message: `${place === "" ? "" : `${place}: `}${words}${reason}`,
      code: kind.code,
    }));
  return [
    ...each(errors, { level: "error", title: "Invalid manifest", code: "manifest-invalid" }),
    ...each(ifChanged, { level: "warning", title: "Refused if changed", code: "manifest-refused-if-changed" }),
    ...each(advice, { level: "warning", title: "Many people one by one", code: "manifest-many-people" }),
    ...each(unknown, { level: "notice", title: "Not checked", code: "manifest-not-checked" }, "not checked: "),
  ];
}

function summaryOf(annotations: readonly Annotation[]): string {
  const count = (level: Annotation["level"]) => annotations.filter((each) => each.level === level).length;
  return `Problems: ${count("error")}. Warnings: ${count("warning")}. Not checked: ${count("notice")}.`;
}
