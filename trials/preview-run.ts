/** One step of the preview drill: what a preview shows, what `up` does after it, and where the two differ. */
import { isChange, nameOf, type PreviewedStep, type Stack, stepOf } from "../test/e2e/stack.ts";

/** Something that the engine prints about a resource. */
interface Diagnostic {
  readonly urn?: string;
  readonly severity: string;
  readonly message: string;
}

/** What a command of the engine has come to. */
interface Run {
  readonly isFailed: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly output: string;
}

/** What a preview shows. */
export interface Preview extends Run {
  readonly steps: readonly PreviewedStep[];
  /** What the engine has printed as JSON. */
  readonly document: string;
}

/** A step that `up` has carried out, or has not. */
interface Ended {
  readonly op: string;
  readonly urn: string;
}

/** What `up` does. */
export interface Up extends Run {
  readonly done: readonly Ended[];
  readonly failed: readonly Ended[];
}

/** An event of the engine. */
interface EngineEvent {
  readonly resOutputsEvent?: { readonly metadata: Ended };
  readonly resOpFailedEvent?: { readonly metadata: Ended };
  readonly diagnosticEvent?: Diagnostic;
}

/** How a preview and the `up` after it compare. */
export interface Comparison {
  /** Each difference that must not be, in words. */
  readonly exceptions: readonly string[];
  readonly refusedDeletes: number;
  /** Changes and refusals that follow from outputs that weren't known at preview. */
  readonly ofUnknown: number;
  /** Refusals by `up` that the preview has shown as a warning. */
  readonly warned: number;
  /** Refusals that a preview can't have shown: the provider's own checks have failed, which ends it. */
  readonly hidden: number;
}

/** What the engine writes for a value that isn't known. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const made = new Set(["create", "update", "replace"]);
const deletes = new Set(["delete", "discard"]);

/** Runs a preview. */
export async function preview(stack: Stack): Promise<Preview> {
  const { status, stdout, output } = await stack.run("preview", "--refresh", "--json");
  const start = stdout.indexOf("{");
  const { steps = [], diagnostics = [] } = (start < 0 ? {} : JSON.parse(stdout.slice(start))) as Partial<Preview>;
  if (status !== 0 && diagnostics.length === 0) {
    throw new Error(`the preview fails, and the engine doesn't say where:\n${output}`);
  }
  return {
    isFailed: status !== 0,
    steps: steps.filter(isChange),
    diagnostics: ofResources(diagnostics),
    output,
    document: stdout.slice(start),
  };
}

/** Runs `up` without a preview of its own. */
export async function up(stack: Stack): Promise<Up> {
  const { status, stdout, output } = await stack.run("up", "--yes", "--skip-preview", "--json");
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  const events = lines.map((line) => JSON.parse(line) as EngineEvent);
  return {
    isFailed: status !== 0,
    done: events.flatMap(({ resOutputsEvent: event }) => (event && !isStack(event.metadata) ? [event.metadata] : [])),
    failed: events.flatMap(({ resOpFailedEvent: event }) =>
      event && !isStack(event.metadata) ? [event.metadata] : [],
    ),
    diagnostics: ofResources(events.flatMap(({ diagnosticEvent: event }) => event ?? [])),
    output,
  };
}

/** Whether an `up` has changed something. */
export function hasChanged({ done }: Up): boolean {
  return done.some(isChange);
}

/** Compares what a preview has shown with what `up` has done. */
export function compare(shown: Preview, applied: Up): Comparison {
  const refusals = refusalsOf(applied);
  const isUnknown = (urn: string) => hasUnknowns(shown, urn);
  const isEnded = errorsOf(shown.diagnostics).some(({ message }) => /has (a problem|\d+ problems):/.test(message));
  const all = refusals.filter((refusal) => !deletes.has(refusal.op) && !isShown(shown, refusal));
  const unshown = isEnded ? [] : all.filter((refusal) => !isOtherRefused(shown, refusal));
  const steps = differences(shown, applied);
  const lost = applied.done
    .filter(
      ({ op, urn }) => applied.isFailed && op === "delete-replaced" && !isDone(applied, "create-replacement", urn),
    )
    .map(({ urn }) => `${nameOf({ urn })} was deleted for a replacement that was refused`);
  const worked = errorsOf(shown.diagnostics)
    .filter((error) => applied.done.some((one) => one.urn === error.urn && made.has(one.op)))
    .filter((error) => !isOtherRefused(applied, error))
    .map(({ urn = "", message }) => `${nameOf({ urn })} failed at preview and worked at up: ${message}`);
  const exceptions = [
    ...(shown.isFailed && !applied.isFailed ? ["the preview failed, and up succeeded"] : []),
    ...(applied.isFailed && !shown.isFailed && refusals.length === 0
      ? ["up failed, and the engine doesn't say where"]
      : []),
    ...unshown
      .filter(({ urn }) => !isUnknown(urn))
      .map((one) => `refused by up alone: ${titleOf(one)}: ${one.message}`),
    ...steps.filter(({ urn }) => !isUnknown(urn)).map(({ text }) => text),
    ...lost,
    ...worked,
  ];
  return {
    exceptions,
    refusedDeletes: refusals.filter(({ op }) => deletes.has(op)).length,
    ofUnknown: [...unshown, ...steps].filter(({ urn }) => isUnknown(urn)).length,
    hidden: all.length - unshown.length,
    warned: refusals.filter((one) => !deletes.has(one.op) && !shown.isFailed && isShown(shown, one)).length,
  };
}

/** What was previewed and what happened, for the person who looks into an exception. */
export function described(shown: Preview, applied: Up): string {
  return [
    `previewed${shown.isFailed ? ", and failed" : ""}:`,
    ...shown.steps.map((step) => `  ${stepOf(step)}`),
    ...shown.diagnostics.map(lineOf),
    `up${applied.isFailed ? " failed" : ""}:`,
    ...applied.done.filter(({ op }) => op !== "same").map((one) => `  ${titleOf(one)}`),
    ...applied.failed.map((one) => `  not done: ${titleOf(one)}`),
    ...applied.diagnostics.map(lineOf),
  ].join("\n");
}

/** Where what was previewed isn't what was done. After a refusal, not everything is done. */
function differences(shown: Preview, applied: Up): { readonly urn: string; readonly text: string }[] {
  if (shown.isFailed) {
    return [];
  }
  const isCompared = ({ op }: Ended) => made.has(op) || (deletes.has(op) && !applied.isFailed);
  const key = ({ op, urn }: Ended) => `${op} ${urn}`;
  const previewed = new Set(shown.steps.map(key));
  const done = new Set(applied.done.map(key));
  const unforeseen = applied.done.filter((one) => isCompared(one) && !previewed.has(key(one)));
  const undone = applied.isFailed ? [] : shown.steps.filter((one) => isCompared(one) && !done.has(key(one)));
  return [
    ...unforeseen.map((one) => ({ urn: one.urn, text: `done, and not previewed: ${titleOf(one)}` })),
    ...undone.map((one) => ({ urn: one.urn, text: `previewed, and not done: ${titleOf(one)}` })),
  ];
}

/** The resources at which `up` has failed, and why. */
function refusalsOf({ failed, diagnostics }: Up): (Ended & { readonly message: string })[] {
  const errors = errorsOf(diagnostics);
  const urns = new Set([...errors.map(({ urn = "" }) => urn), ...failed.map(({ urn }) => urn)]);
  return [...urns].map((urn) => ({
    urn,
    op: failed.find((one) => one.urn === urn)?.op ?? "check",
    message: errors.flatMap((one) => (one.urn === urn ? [one.message] : [])).join("\n"),
  }));
}

/** Whether a run refuses the other one of two resources that exclude each other: the engine registers them in any order. */
function isOtherRefused({ diagnostics }: Run, { urn, message }: Pick<Diagnostic, "urn" | "message">): boolean {
  const refused = errorsOf(diagnostics).map(({ urn: other = "" }) => other);
  return (
    message.includes(" both declare ") &&
    refused.some((other) => other !== urn && message.includes(` ${nameOf({ urn: other })} `))
  );
}

/** Whether a preview has shown a refusal: as a failure of the resource, or as a warning with the same code. */
function isShown({ diagnostics }: Preview, { urn, message }: Ended & { readonly message: string }): boolean {
  const codes = codesIn(message);
  return diagnostics.some(
    (one) =>
      one.urn === urn &&
      (one.severity === "error" ||
        (one.severity === "warning" && [...codesIn(one.message)].some((code) => codes.has(code)))),
  );
}

/** The codes of refusals in a message. */
function codesIn(message: string): Set<string> {
  return new Set([...message.matchAll(/\b([a-z]+(?:_[a-z]+)+|un[a-z]+): /g)].flatMap(([, code = ""]) => code));
}

function hasUnknowns({ steps }: Preview, urn: string): boolean {
  const inputs = steps.filter((step) => step.urn === urn).map(({ newState }) => newState?.inputs);
  return JSON.stringify(inputs).includes(unknownValue);
}

function isDone({ done }: Up, op: string, urn: string): boolean {
  return done.some((one) => one.op === op && one.urn === urn);
}

function errorsOf(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity === "error");
}

/** What is printed about resources of the program; about the whole stack, the engine only says that something has failed. */
function ofResources(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.filter(
    ({ urn, severity }) => urn !== undefined && urn !== "" && !isStack({ urn }) && /^(error|warning)$/.test(severity),
  );
}

function isStack({ urn }: Pick<Ended, "urn">): boolean {
  return urn.includes("::pulumi:pulumi:Stack::");
}

function titleOf(one: Ended): string {
  return stepOf(one);
}

function lineOf({ severity, urn = "", message }: Diagnostic): string {
  return `  ${severity} at ${nameOf({ urn })}: ${message.trim().replaceAll("\n", "\n    ")}`;
}
