/**
 * A stack that is kept as the engine keeps one, on the provider's own protocol: what is written down, when, and what is
 * left when the provider or the engine is killed. What only the real engine shows is tried on that: see test/e2e.
 */
import { lifecycleOf } from "../../provider/kinds/registry.ts";
import { stackNames } from "../../provider/lifecycle/external-id.ts";
import { providerStringOf, resourceTypeOf } from "../../provider/lifecycle/resource-type.ts";
import { declarationInput, type Declaration as NamedDeclaration } from "../../provider/values/declaration.ts";
import { unknownValue } from "../../provider/values/unknown.ts";
import type { Declaration } from "../e2e/kinds.ts";
import type { Access } from "../e2e/service.ts";
import { type Front, frontUnderTest } from "../e2e/stack.ts";
import { EndedError, type Properties, ProviderProcess, secret, UnfinishedError } from "./provider-process.ts";

/** A resource as it is written down. */
export interface Stored {
  readonly kind: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Whether it is unfinished: the next `up` updates it. */
  readonly unfinished: boolean;
}

/** What `up` does to a resource, or would do. */
export type Planned = `${"create" | "update" | "replace" | "delete"} ${string}`;

/** What a command is told besides what is declared. */
export interface CommandOptions {
  /** The names of the resources to replace whatever is declared, as with `--target-replace`. */
  readonly replace?: readonly string[];
  /** The names of those whose changes all replace them, as with `replaceOnChanges: ["*"]`. */
  readonly replaceOnChanges?: readonly string[];
  /** What the engine deletes before it deletes what it replaces, because it refers to that; in this order. */
  readonly dependents?: readonly string[];
}

/** How a stack runs its provider, and what at once. */
export interface ProtocolOptions {
  /** The provider; that of the variable FRONT_UNDER_TEST by default. */
  readonly front?: Front;
  /** How many resources are made or changed at once, each when those that it refers to are done; 1 by default. */
  readonly parallel?: number;
  /** Whether one process does several commands, which the engine's never does: another follows where a command fails. */
  readonly keepsProvider?: boolean;
}

/** A stack whose provider's process is another one with each command, unless it is kept. */
export class ProtocolStack {
  #access: Access;
  readonly #stackId: string;
  readonly #config: Readonly<Record<string, string>>;
  readonly #parallel: number;
  readonly #keepsProvider: boolean;
  readonly #front: Front;
  /** Whether the program names its objects as earlier versions of the package did. */
  isEarlier = false;
  /** What is written down, by name, each after those that it refers to. */
  readonly #state = new Map<string, Stored>();
  #provider: ProviderProcess | undefined;
  /** The end of a provider that was left to itself. */
  #left: Promise<void> | undefined;

  /**
   * @param stackId tells the stacks of one service apart
   * @param config what is configured beside the access, such as `timeoutMs`
   */
  constructor(
    access: Access,
    stackId: string,
    config: Readonly<Record<string, string>> = {},
    { front = frontUnderTest(), parallel = 1, keepsProvider = false }: ProtocolOptions = {},
  ) {
    this.#front = front;
    this.#access = access;
    this.#stackId = stackId;
    this.#config = front === "native" ? { stackId, ...config } : config;
    this.#parallel = parallel;
    this.#keepsProvider = keepsProvider;
  }

  /** What is written down, by name. */
  get state(): ReadonlyMap<string, Stored> {
    return this.#state;
  }

  /**
   * Brings the service to what is declared; each resource comes after those that it refers to.
   *
   * @returns what was done, in the order in which it was done
   * @throws EndedError where the provider or the engine is killed meanwhile, and the provider's own errors; what was done
   * before is written down, and nothing after.
   */
  async up(declarations: readonly Declaration[], options: CommandOptions = {}): Promise<Planned[]> {
    const done: Planned[] = [];
    await this.#withProvider(async (provider) => {
      const before = [...this.#state];
      try {
        await this.#bringAll(provider, declarations, done, options);
      } finally {
        this.#moveUnreached(before);
      }
      const declared = new Set(declarations.map(({ name }) => name));
      for (const name of [...this.#state.keys()].reverse()) {
        if (declared.has(name)) {
          continue;
        }
        await this.#delete(provider, name);
        done.push(`delete ${name}`);
      }
    });
    return done;
  }

  /** What `up` would do; what refers to something that isn't there yet is checked as far as it is known. */
  async preview(declarations: readonly Declaration[]): Promise<Planned[]> {
    return await this.#withProvider((provider) => this.#preview(provider, declarations));
  }

  /** Writes down what the service has, and says what `up` would do then: `preview --refresh`, in one process as the engine's. */
  async refreshAndPreview(declarations: readonly Declaration[]): Promise<Planned[]> {
    return await this.#withProvider(async (provider) => {
      await this.#refresh(provider);
      return await this.#preview(provider, declarations);
    });
  }

  async #preview(provider: ProviderProcess, declarations: readonly Declaration[]): Promise<Planned[]> {
    const planned: Planned[] = [];
    for (const declaration of declarations) {
      const { name } = declaration;
      const stored = this.#state.get(name);
      const step = await this.#stepOf(provider, declaration, stored);
      if (step !== "same") {
        planned.push(`${step} ${name}`);
      }
    }
    const declared = new Set(declarations.map(({ name }) => name));
    const gone = [...this.#state.keys()].filter((name) => !declared.has(name));
    return [...planned, ...gone.map((name): Planned => `delete ${name}`)];
  }

  /** Writes down what the service has. */
  async refresh(): Promise<void> {
    await this.#withProvider((provider) => this.#refresh(provider));
  }

  async #refresh(provider: ProviderProcess): Promise<void> {
    for (const [name, stored] of [...this.#state]) {
      const { id, outputs } = stored;
      const found = await provider.read(this.#urnOf(stored.kind, name), id, outputs);
      if (found === undefined) {
        this.#state.delete(name);
      } else {
        this.#state.set(name, { ...stored, ...found });
      }
    }
  }

  async destroy(): Promise<void> {
    await this.up([]);
  }

  /** Changes what is written down of a resource, as nobody but time or an earlier version of the package does. */
  rewrite(name: string, change: (stored: Stored) => Stored): void {
    this.#state.set(name, change(this.stored(name)));
  }

  /** Goes on with another service or token. */
  async use(access: Access): Promise<void> {
    await this.stop();
    this.#access = access;
  }

  /** What the provider's present process has printed. */
  get printed(): readonly string[] {
    return this.#provider?.printed ?? [];
  }

  /** What is written down of a resource. @throws Error where nothing is */
  stored(name: string): Stored {
    const stored = this.#state.get(name);
    if (stored === undefined) {
      throw new Error(`no ${name} in the state`);
    }
    return stored;
  }

  /** Ends the provider's process at once; what runs fails with EndedError. */
  kill(): void {
    this.#provider?.kill();
  }

  /**
   * Ends the engine at once and leaves the provider to itself; what runs fails with EndedError.
   *
   * @returns when the provider has noticed, and ended
   */
  async orphan(): Promise<void> {
    const provider = this.#provider;
    provider?.orphan();
    this.#left = provider?.ended();
    await this.#left;
    if (this.#provider === provider) {
      this.#provider = undefined;
    }
  }

  /** Ends the provider's process, where one is kept. */
  async stop(): Promise<void> {
    const provider = this.#provider;
    this.#provider = undefined;
    await provider?.stop();
  }

  async #withProvider<Result>(work: (provider: ProviderProcess) => Promise<Result>): Promise<Result> {
    // To start the engine again takes longer than the provider takes to notice.
    await this.#left;
    this.#provider ??= await ProviderProcess.start(this.#access, this.#front, this.#config);
    let result: Result;
    try {
      result = await work(this.#provider);
    } catch (error) {
      // One that was left to itself is to end by itself.
      if (error instanceof EndedError) {
        this.#provider = undefined;
      }
      // Only a later run takes over what was lost in this one.
      await this.stop();
      throw error;
    }
    if (!this.#keepsProvider) {
      await this.stop();
    }
    return result;
  }

  async #bringAll(
    provider: ProviderProcess,
    declarations: readonly Declaration[],
    done: Planned[],
    options: CommandOptions,
  ): Promise<void> {
    const begun = new Map<string, Promise<unknown>>();
    const left = declarations.values();
    let isOver = false;
    const bringNext = async () => {
      for (const declaration of left) {
        // As with the engine, what is begun is ended after a failure, and nothing more is begun.
        if (isOver) {
          return;
        }
        const before = [...referredBy(declaration.args), ...(declaration.after ?? [])].map((name) => begun.get(name));
        const brought = Promise.all(before).then(() => this.#bring(provider, declaration, options));
        begun.set(declaration.name, brought);
        try {
          const step = await brought;
          if (step !== "same") {
            done.push(`${step} ${declaration.name}`);
          }
        } catch (error) {
          isOver = true;
          throw error;
        }
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: this.#parallel }, bringNext));
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) {
      throw failed.reason;
    }
  }

  async #bring(provider: ProviderProcess, declaration: Declaration, options: CommandOptions) {
    const { replace = [], replaceOnChanges = [], dependents = [] } = options;
    const { kind, name } = declaration;
    const stored = this.#state.get(name);
    const urn = this.#urnOf(kind, name);
    const isReplaced = replace.includes(name);
    const given = this.#inputsOf(declaration);
    let inputs = await provider.check(urn, isReplaced ? {} : (stored?.inputs ?? {}), given);
    const diff = async (of: Stored) => {
      const found = isReplaced ? "replace" : await this.#diff(provider, urn, of, inputs);
      return found === "update" && replaceOnChanges.includes(name) ? "replace" : found;
    };
    const step = stored === undefined ? "create" : await diff(stored);
    // As the engine does before it deletes.
    if (step === "replace" && !isReplaced) {
      inputs = await provider.check(urn, {}, given);
    }
    if (stored !== undefined && step === "same") {
      this.#write(name, { ...stored, inputs });
      return step;
    }
    try {
      if (stored !== undefined && step === "update") {
        const outputs = await provider.update(urn, stored.id, stored.outputs, inputs);
        this.#write(name, { ...stored, inputs, outputs, unfinished: false });
        return step;
      }
      if (stored !== undefined) {
        for (const dependent of [...dependents, name]) {
          await this.#delete(provider, dependent);
        }
      }
      const made = await provider.create(urn, inputs);
      this.#write(name, { kind, ...made, inputs, unfinished: false });
      return step;
    } catch (error) {
      if (error instanceof UnfinishedError) {
        this.#write(name, { kind, id: error.id, inputs, outputs: error.properties, unfinished: true });
      }
      throw error;
    }
  }

  /** Each is after those that it refers to, also where one of those was made again: so what is ended last to first can be. */
  #write(name: string, stored: Stored): void {
    this.#state.delete(name);
    this.#state.set(name, stored);
  }

  /** What an `up` didn't get to may refer to what it has written, so it comes last, as in the engine's own state. */
  #moveUnreached(before: readonly (readonly [name: string, stored: Stored])[]): void {
    for (const [name, stored] of before) {
      if (this.#state.get(name) === stored) {
        this.#write(name, stored);
      }
    }
  }

  async #stepOf(provider: ProviderProcess, declaration: Declaration, stored: Stored | undefined) {
    const urn = this.#urnOf(declaration.kind, declaration.name);
    const inputs = await provider.check(urn, stored?.inputs ?? {}, this.#inputsOf(declaration));
    if (stored === undefined) {
      return "create";
    }
    const step = await this.#diff(provider, urn, stored, inputs);
    if (step === "replace") {
      await provider.check(urn, {}, this.#inputsOf(declaration));
    }
    return step;
  }

  async #diff(provider: ProviderProcess, urn: string, stored: Stored, inputs: Properties) {
    const step = await provider.diff(urn, stored.id, stored.outputs, inputs);
    return step === "same" && stored.unfinished ? "update" : step;
  }

  async #delete(provider: ProviderProcess, name: string): Promise<void> {
    const stored = this.#state.get(name);
    if (stored === undefined) {
      return;
    }
    await provider.delete(this.#urnOf(stored.kind, name), stored.id, stored.outputs);
    this.#state.delete(name);
  }

  #urnOf(kind: string, name: string): string {
    const type = this.#front === "native" ? `roster:index:${kind}` : resourceTypeOf(kind);
    return `urn:pulumi:test::${this.#stackId}::${type}::${name}`;
  }

  /** What the resource's class would pass on: see provider/program/resource.ts. A generated SDK passes only the arguments. */
  #inputsOf({ kind, name, args }: Declaration): Properties {
    if (this.#front === "native") {
      const { adopts: _made, __secretEntries, ...given } = this.#resolve(args) as Properties;
      const { entries = "" } = lifecycleOf(kind).subjects;
      return __secretEntries === true ? { ...given, [entries]: secret(given[entries]) } : given;
    }
    const { externalId, earlier } = stackNames(this.#stackId, this.#urnOf(kind, name));
    return {
      // The class leaves a place for what adopting changes.
      ...(lifecycleOf(kind).alwaysAdopts ? { adopts: {} } : {}),
      ...(this.#resolve(args) as Properties),
      [declarationInput]: declarationOf(`${kind} ${name}`, args),
      ...(this.isEarlier ? { externalId: earlier } : { externalId, __earlierName: earlier }),
      __provider: providerStringOf(kind),
    };
  }

  /** `{ $: name }`, at any depth, is the id of that resource. */
  #resolve(value: unknown): unknown {
    if (typeof value !== "object" || value === null) {
      return value;
    }
    if (Array.isArray(value)) {
      return value.map((item) => this.#resolve(item));
    }
    if ("$" in value) {
      const referred = this.#state.get(String(value.$));
      // In a preview, what isn't there yet is unknown to the engine as well.
      return referred?.id ?? unknownValue;
    }
    return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, this.#resolve(inner)]));
  }
}

/** What the program would tell of a declaration: see provider/program/declaration.ts. */
function declarationOf(by: string, args: Properties): NamedDeclaration {
  const entries = Object.entries(args);
  return {
    by,
    plain: entries.filter(([, value]) => typeof value === "string").map(([name]) => name),
    same: Object.fromEntries(
      entries.flatMap(([name, value]) => {
        return typeof value === "object" && value !== null && "$" in value
          ? [[name, `the id of ${String(value.$)}`]]
          : [];
      }),
    ),
  };
}

/** The names of the resources that arguments refer to. */
function referredBy(args: unknown): string[] {
  if (typeof args !== "object" || args === null) {
    return [];
  }
  if ("$" in args) {
    return [String(args.$)];
  }
  return Object.values(args).flatMap(referredBy);
}
