/**
 * Has the service try replacements before the engine deletes anything for them, in a preview and in an update alike.
 *
 * @see docs/decisions/0054-trying-at-preview.md
 */
import { asLine, setIn } from "roster-schema";
import { ApiError } from "../errors.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import type { Registrations } from "../lifecycle/registrations.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import type { ListedObject } from "../wire/read-ahead.ts";
import { maxInSequence, type Trial } from "../wire/trials.ts";
import { wouldBeRefused } from "./lasting.ts";
import { planSequence, type Sequence, type Step, type TriedStep } from "./sequence.ts";
import { unlessFailed, withoutDenied } from "./tried.ts";

/** The maximum number of refusals that one message contains. */
const maxNamed = 10;

/** A create that the engine has had checked. */
interface PlannedCreate {
  readonly lifecycle: Lifecycle;
  readonly inputs: PropertyMap;
  readonly isRetained: boolean;
  /** The trial of the replacement that it belongs to; undefined if it was not tried. */
  trial: Promise<Result> | undefined;
}

/** What a trial has shown. */
interface Result {
  /** The externalIds of what the replacement ends, and of the sets of which it ends entries. */
  readonly ended: ReadonlySet<string>;
  /** Why the replacement is refused; undefined if it isn't, or if that isn't known. */
  readonly refusal: string | undefined;
}

const nothing: Result = { ended: new Set(), refusal: undefined };

/** The replacements of one run of the engine. */
export class Replacements {
  readonly #run: Registrations;
  /** By the externalId of the inputs. */
  readonly #planned = new Map<unknown, PlannedCreate>();

  constructor(run: Registrations) {
    this.#run = run;
  }

  /**
   * Notes a planned create and, if it replaces an object that still exists, tries that.
   *
   * @param create the checked inputs, and the state of the object that the create replaces as far as that is known
   * @returns why the replacement is refused
   */
  async refusalOf(
    client: () => Client,
    { replaced, ...create }: Omit<PlannedCreate, "trial"> & { readonly replaced: PropertyMap | undefined },
  ): Promise<string | undefined> {
    const { externalId } = create.inputs;
    const planned: PlannedCreate = { ...create, trial: undefined };
    this.#planned.set(externalId, planned);
    if (typeof externalId !== "string" || replaced === undefined || !this.#run.stillExists(externalId)) {
      return undefined;
    }
    // What depends on a replaced object is replaced as well, and was tried with it.
    if ((await this.#trialEnding(replaced.externalId)) === undefined) {
      planned.trial = this.#try(client, planned, replaced);
    }
    return (await planned.trial)?.refusal;
  }

  /**
   * Tries the replacement for which an object is about to be deleted, unless it was tried before. With `--target-replace`, the engine
   * shows the provider nothing of a replacement before it deletes what depends on the object.
   *
   * @param state the state of the deleted object
   * @returns why the replacement is refused
   */
  async refusalOfDeleting(client: () => Client, state: PropertyMap): Promise<string | undefined> {
    const tried = await this.#trialEnding(state.externalId);
    if (tried !== undefined) {
      return tried.refusal;
    }
    for (const planned of this.#pendingCreates()) {
      const { externalId } = planned.inputs;
      const isOwn = this.#run.isSame(externalId, state.externalId);
      planned.trial ??= this.#try(client, planned, isOwn ? state : planned.inputs);
      const { ended, refusal } = await planned.trial;
      if (ended.has(String(state.externalId))) {
        return refusal;
      }
    }
    return undefined;
  }

  /** The result of the trial that has ended an object. */
  async #trialEnding(externalId: unknown): Promise<Result | undefined> {
    const trials = this.#pendingCreates().flatMap(({ trial }) => trial ?? []);
    const results = await Promise.all(trials);
    return results.find(({ ended }) => ended.has(String(externalId)));
  }

  /** The creates that were not carried out. */
  #pendingCreates(): PlannedCreate[] {
    return [...this.#planned.values()].filter(({ inputs }) => this.#run.plannedCreate(inputs.externalId) !== undefined);
  }

  /** @param before the state of the replaced object, or what is like it */
  async #try(client: () => Client, planned: PlannedCreate, before: PropertyMap): Promise<Result> {
    const { lifecycle, inputs, isRetained } = planned;
    const { trials } = client();
    if (trials?.isSupported !== true || typeof before.externalId !== "string") {
      return nothing;
    }
    const { externalId: replaced, onDestroy } = before;
    const objects = await unlessFailed(async () => await client().objectsOf(replaced));
    const attempts = await lifecycle.tries(client(), inputs);
    const replacement = { lifecycle, replaced, onDestroy, isRetained, inputs, attempts };
    const isSame = (one: string, other: string) => this.#run.isSame(one, other);
    const sequence = objects && planSequence(replacement, objects, isSame);
    if (sequence === undefined) {
      return nothing;
    }
    const ended = new Set(
      [...sequence.ended.values()].flatMap(({ externalId }) => [externalId, setIn(externalId)]).filter((one) => one),
    );
    const sent = sequence.steps.flatMap(({ request, ...step }) =>
      request === undefined ? [] : [{ ...step, request }],
    );
    const answers =
      sent.length > maxInSequence
        ? undefined
        : await unlessFailed(async () => await trials.sequence(sent.map(({ request }) => request)));
    const refused = answers === undefined ? [] : this.#refusedSteps(planned, replaced, sequence, answers);
    const meant = await withoutDenied(client(), refused);
    return { ended, refusal: meant.length === 0 ? undefined : describe(planned, sequence, meant) };
  }

  /** The steps that `up` would be refused as well. */
  #refusedSteps(
    { inputs }: PlannedCreate,
    replaced: string,
    { steps }: Sequence,
    answers: readonly Trial[],
  ): TriedStep[] {
    const refused: TriedStep[] = [];
    const names = [inputs.externalId, replaced];
    let number = 0;
    for (const { request, ...step } of steps) {
      if (request === undefined) {
        // Without what was left out, the service may refuse what comes after it.
        break;
      }
      const trial = answers[number];
      number += 1;
      if (trial === undefined || trial.outcome === "done" || isGone(step, trial)) {
        continue;
      }
      const tried = { ...step, request, trial };
      if (wouldBeRefused(this.#run, tried, names)) {
        refused.push(tried);
      } else if (step.entry === undefined) {
        // Nor is it certain what becomes of the rest without this one. The entries of a set don't need each other.
        break;
      }
    }
    return refused;
  }
}

/** Whether a request would end what has ended already. */
function isGone({ does }: Omit<Step, "request">, { refusal }: Trial): boolean {
  return does === "delete" && refusal instanceof ApiError && refusal.code === "not_found";
}

function describe({ lifecycle }: PlannedCreate, { ended }: Sequence, refused: readonly TriedStep[]): string {
  const [first] = ended.values();
  const name = lifecycle.isSet || first === undefined ? "" : ` ${asLine(first.name)}`;
  const lines = refused.slice(0, maxNamed).map((step) => lineOf(step));
  const more = refused.length - lines.length;
  const isOfDependent = refused.some(({ isOwn }) => !isOwn);
  return [
    `${lifecycle.kind}${name} can't be replaced, so nothing was deleted: ${lines[0] ?? ""}`,
    ...lines.slice(1),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(isOfDependent ? [dependentsRemedy] : []),
  ].join("\n  ");
}

const dependentsRemedy =
  "A replacement deletes what depends on the object, and creates it again. If the program no longer declares that, or changes " +
  "it, do so in a separate update first.";

const verbs = { delete: "deleted", change: "changed", create: "created again" } as const;

function lineOf({ does, object, entry, isOwn, trial: { refusal } }: TriedStep): string {
  const reason = refusal?.message.replaceAll("\n", "\n  ") ?? "";
  if (isOwn) {
    return entry === undefined ? reason : `${entry}: ${reason}`;
  }
  return `${titleOf(object)} can't be ${verbs[does]}: ${reason}`;
}

/** A dependent, as messages name it. The address of a set's entry may be secret. */
function titleOf(object: ListedObject | undefined): string {
  if (object === undefined) {
    return "";
  }
  const kind = object.kind.replaceAll("_", " ");
  return setIn(object.externalId) === "" ? `${kind} ${asLine(object.name)} (${object.id})` : `${kind} ${object.id}`;
}
