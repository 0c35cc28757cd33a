/** Roster's side: a stack on the real engine, whose program is compiled. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setUpLanguages } from "../scripts/setup/languages.mjs";
import { type Front, Stack } from "../test/e2e/stack.ts";
import { measured, type Taken } from "./process-tree.ts";
import type { Side } from "./row.ts";
import type { BenchService } from "./service.ts";

/** A resource as the programs of this folder declare it. */
export interface Declared {
  readonly kind?: string;
  readonly name: string;
  readonly args: object;
}

/** A resource in the state, secrets encrypted. */
interface InState {
  readonly outputs?: Readonly<Record<string, unknown>> & { readonly __provider?: string };
  readonly additionalSecretOutputs?: readonly string[];
}

/** The same declarations, of a provider that does nothing. */
export function empty(declared: readonly Declared[]): Declared[] {
  return declared.map((resource) => ({ ...resource, kind: "Empty" }));
}

/** As long as a key is. */
const secretLike = "x".repeat(54);

/** A stack of one of the programs. */
export class RosterStack implements Side {
  readonly #stack: Stack;

  private constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** A stack of Roster's resources. */
  static declaring(
    service: BenchService,
    declared: readonly Declared[],
    front: Front = "dynamic",
  ): Promise<RosterStack> {
    return RosterStack.#of(new Stack("bench/programs/declared", service, { front }), declared);
  }

  /** A stack of one organization, by a program in YAML. */
  static async inYaml(service: BenchService, slug: string): Promise<RosterStack> {
    const { binFolder } = await setUpLanguages();
    const stack = new Stack("bench/programs/yaml", service, { front: "native", binFolder });
    // The resource's name as well: every stack has the same name, and with it the service knows a resource of the same name.
    stack.edit("Pulumi.yaml", "acme:", `${slug}:`);
    stack.edit("Pulumi.yaml", "slug: acme", `slug: ${slug}`);
    await stack.init();
    return new RosterStack(stack);
  }

  /** A stack of a manifest, which is written by `write`. */
  static async ofManifest(service: BenchService): Promise<RosterStack> {
    const stack = new Stack("bench/programs/manifest", service);
    await stack.init();
    return new RosterStack(stack);
  }

  /**
   * The same, by a program that isn't compiled: that of the tests.
   *
   * @param isChecked whether the engine checks its types
   */
  static inTypeScript(service: BenchService, declared: readonly Declared[], isChecked: boolean): Promise<RosterStack> {
    process.env.PULUMI_NODEJS_TRANSPILE_ONLY = String(!isChecked);
    return RosterStack.#of(new Stack("test/e2e/programs/kinds", service), declared);
  }

  /**
   * A stack of as many resources of a provider that does nothing, with the same arguments.
   *
   * @param like whose last resource each of them has as much of as outputs, secret ones too
   */
  static ofNothing(declared: readonly Declared[], like?: RosterStack): Promise<RosterStack> {
    const stack = new Stack("bench/programs/declared");
    if (like !== undefined) {
      const { outputs = {}, additionalSecretOutputs: secrets = [] } = like.#resources.at(-1) ?? {};
      const { __provider, ...plain } = outputs;
      const shown = Object.entries(plain).map(([name, value]) => [name, secrets.includes(name) ? secretLike : value]);
      const text = JSON.stringify({ outputs: Object.fromEntries(shown), secrets });
      writeFileSync(path.join(stack.folder, "outputs.json"), text);
    }
    return RosterStack.#of(stack, empty(declared));
  }

  static async #of(stack: Stack, declared: readonly Declared[]): Promise<RosterStack> {
    const made = new RosterStack(stack);
    made.declare(declared);
    await stack.init();
    return made;
  }

  declare(declared: readonly Declared[]): void {
    this.#stack.declare(declared as Parameters<Stack["declare"]>[0]);
  }

  /** Writes a file into the program's folder. */
  write(file: string, text: string): void {
    writeFileSync(path.join(this.#stack.folder, file), text);
  }

  async configure(key: string, value: string): Promise<void> {
    await this.#stack.succeed("config", "set", `roster:${key}`, value);
  }

  up(): Promise<Taken> {
    return this.#run("up", "--yes", "--skip-preview");
  }

  refresh(): Promise<Taken> {
    return this.#run("refresh", "--yes", "--skip-preview");
  }

  preview(refreshing: boolean): Promise<Taken> {
    return this.#run("preview", "--expect-no-changes", `--refresh=${refreshing}`);
  }

  /** A preview of whatever is to be done. */
  previewChanges(): Promise<Taken> {
    return this.#run("preview");
  }

  get stateBytes(): number {
    return statSync(this.#stack.checkpoint).size;
  }

  /** What of the provider is in the state of each resource. */
  get providerStrings(): string[] {
    return this.#resources.flatMap(({ outputs }) => outputs?.__provider ?? []);
  }

  get #resources(): readonly InState[] {
    return JSON.parse(readFileSync(this.#stack.checkpoint, "utf8")).checkpoint.latest.resources;
  }

  remove(): void {
    this.#stack.remove();
  }

  #run(...args: string[]): Promise<Taken> {
    return measured(this.#stack.start(...args));
  }
}
