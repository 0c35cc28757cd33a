/** A stack on the real engine, in a folder of its own. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { run as runRoster } from "../../provider/command/run.ts";
import { ownTerminal } from "../../provider/command/terminal.ts";
import { kindOfType } from "../../provider/lifecycle/resource-type.ts";
import { engineEnvironment, paths } from "../../scripts/environment.mjs";
import { countStart } from "../costs/counts.ts";
import type { Declaration } from "./kinds.ts";
import type { Access } from "./service.ts";

/** What a run of the engine printed, and its exit status. */
export interface Run {
  readonly status: number;
  readonly output: string;
  /** Standard output alone. */
  readonly stdout: string;
}

/** The commands that run the engine; the others read or write the state. */
const engineCommands = new Set(["up", "preview", "refresh", "destroy", "import"]);

/** A run of the engine that goes on. */
export type Engine = ChildProcessByStdio<null, Readable, Readable>;

/** One step of a preview, such as `update Role acme-release-manager`. */
export type Step = `${string} ${string} ${string}`;

/** One step of a preview, as the engine tells it. */
export interface PreviewedStep {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: { readonly inputs?: Readonly<Record<string, unknown>> };
  readonly newState?: { readonly inputs?: Readonly<Record<string, unknown>> };
}

/** What the engine tells while it runs. */
interface AppliedEvent {
  /** A step has ended well. */
  readonly resOutputsEvent?: { readonly metadata: { readonly op: string; readonly urn: string } };
  /** Something is said to the person. */
  readonly diagnosticEvent?: { readonly severity: string; readonly message: string };
}

/** Steps that change nothing, and the halves of a replacement, which has a step of its own. */
const unchanging = new Set(["same", "refresh", "read", "create-replacement", "delete-replaced"]);

interface ExportedResource {
  readonly dependencies?: readonly string[];
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** What is left to be done of one that is not finished. */
  readonly initErrors?: readonly string[];
}

/** What programs declare resources with: the dynamic provider, or the plugin. */
export type Front = "dynamic" | "native";

/** The front that the run tests: vitest.config.mts says which files run with the plugin. */
export function frontUnderTest(): Front {
  return process.env.FRONT_UNDER_TEST === "native" ? "native" : "dynamic";
}

/** The kind of a type, whichever front it is of; undefined for any other type. */
export function kindOf(type: string): string | undefined {
  return kindOfType(type);
}

/** The folder of the plugin's executable. */
const pluginFolder = path.join(paths.checkout, "provider/bin");

/** Where the parts of a project are. */
export interface Layout {
  readonly front?: Front;
  /** A folder with a CLI that has further language hosts. */
  readonly binFolder?: string;
  /** Further variables of the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The project's folder, below the one with the packages. */
  readonly project?: string;
  /** The program's folder, below the project's. */
  readonly main?: string;
  /** Where the engine is run; in the project's folder by default. */
  readonly from?: string;
}

/** A stack with a backend and a home of its own. */
export class Stack {
  /** Where everything of the stack is. */
  readonly root = mkdtempSync(path.join(tmpdir(), "roster-stack-"));
  /** The project's folder. */
  readonly folder: string;
  readonly #from: string;
  readonly #access: Access | undefined;
  readonly #environment: Record<string, string>;
  #front: Front;

  /**
   * @param program a folder of the checkout with an `index.ts`, copied with all that is beside it
   * @param access what the provider speaks to, which may start later; left out, nothing is configured
   * @param layout everything is in one folder by default
   */
  constructor(program: string, access?: Access, layout: Layout = {}) {
    const { project = ".", main = ".", front = frontUnderTest(), binFolder, environment } = layout;
    this.#front = front;
    this.#access = access;
    this.folder = path.join(this.root, project);
    this.#from = layout.from ?? this.folder;
    cpSync(path.join(paths.checkout, program), path.join(this.folder, main), { recursive: true });
    // The provider is found as it is in a user's project: as a package.
    symlinkSync(path.join(paths.checkout, "node_modules"), path.join(this.root, "node_modules"));
    const projectFile = path.join(this.folder, "Pulumi.yaml");
    if (!existsSync(projectFile)) {
      const place = main === "." ? "" : `main: ${main}/\n`;
      writeFileSync(projectFile, `name: stack-under-test\nruntime: nodejs\n${place}`);
    }
    this.#environment = { ...environmentIn(this.root, "of a test", binFolder), ...environment };
  }

  /** The folder with the log-ins that are stored for the stack. */
  get configurationFolder(): string {
    return path.join(this.root, ".config");
  }

  /** The file in which the backend keeps the stack's state. */
  get checkpoint(): string {
    return path.join(this.root, ".state/.pulumi/stacks/stack-under-test/test.json");
  }

  /** The locks that runs have left, or hold. */
  get locks(): string[] {
    const folder = path.join(this.root, ".state/.pulumi/locks");
    const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
    return entries.map(({ name }) => name).filter((name) => name.endsWith(".json"));
  }

  /** Starts `pulumi` with these arguments. */
  start(...args: string[]): Engine {
    return this.#spawn(args, false);
  }

  /** Starts `pulumi` as a shell does, in a process group of its own, which {@link interrupt} reaches. */
  startInGroup(...args: string[]): Engine {
    return this.#spawn(args, true);
  }

  /** Runs `pulumi` with these arguments to its end. */
  run(...args: string[]): Promise<Run> {
    return endOf(this.start(...args));
  }

  /** Starts the package's command `roster` with these arguments in a process of its own; nobody is there to confirm anything. */
  startRoster(...args: string[]): Engine {
    const command = path.join(paths.checkout, "provider/dist/command/main.js");
    return spawn(paths.node, [command, ...args], {
      cwd: this.folder,
      env: this.#settings(),
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Runs the package's command `roster` with these arguments in this process, where nobody is there to confirm anything. */
  async roster(...args: string[]): Promise<Run> {
    let [output, stdout] = ["", ""];
    const tell = (text: string) => {
      output += text;
    };
    const print = (text: string) => {
      tell(text);
      stdout += text;
    };
    const terminal = { ...ownTerminal(), environment: this.#settings(), folder: this.folder, tell, print };
    const status = await runRoster(args, { ...terminal, isInteractive: false, columns: undefined });
    return { status, output, stdout };
  }

  /** Runs `pulumi` and fails, with what it printed, unless it succeeds. */
  async succeed(...args: string[]): Promise<Run> {
    const run = await this.run(...args);
    if (run.status !== 0) {
      throw new Error(`pulumi ${args.join(" ")} failed:\n${run.output}`);
    }
    return run;
  }

  /** Runs `pulumi` and fails if it succeeds. @returns what it printed */
  async fail(...args: string[]): Promise<string> {
    const { status, output } = await this.run(...args);
    if (status === 0) {
      throw new Error(`pulumi ${args.join(" ")} succeeded, and should not have:\n${output}`);
    }
    return output;
  }

  async init(name = "test"): Promise<void> {
    await this.succeed("stack", "init", name);
    await this.use(this.#front, name);
  }

  /** Has the program declare its resources with a front from now on. */
  async use(front: Front, name = "test"): Promise<void> {
    this.#front = front;
    if (front === "native") {
      this.#installPlugin();
      await this.succeed("config", "set", "roster:stackId", `organization/stack-under-test/${name}`);
    }
  }

  /** Writes into the stack's configuration what the provider speaks to. */
  async configure({ endpoint, token }: Partial<Access>): Promise<void> {
    if (endpoint !== undefined) {
      await this.succeed("config", "set", "roster:endpoint", endpoint);
    }
    if (token !== undefined) {
      await this.setSecret("roster:token", token);
    }
  }

  /** Writes a secret, which may begin with a dash, into the stack's configuration. */
  async setSecret(name: string, value: string): Promise<void> {
    await this.succeed("config", "set", "--secret", "--", name, value);
  }

  /** Has programs/kinds declare these resources, and no others. */
  declare(declarations: readonly Declaration[]): void {
    writeFileSync(path.join(this.folder, "resources.json"), JSON.stringify(declarations));
  }

  async up(...args: string[]): Promise<Run> {
    return this.succeed("up", "--yes", "--skip-preview", ...args);
  }

  /**
   * Runs `up`, and says what it did, without what stayed the same; `--refresh` refreshes first. One run shows what a preview
   * before it would have shown, and by what it doesn't do that the run before left nothing to be done.
   */
  async apply(...args: string[]): Promise<Step[]> {
    const { status, stdout, output } = await this.run("up", "--yes", "--skip-preview", "--json", ...args);
    const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
    const events = lines.map((line) => JSON.parse(line) as AppliedEvent);
    if (status !== 0) {
      const errors = events.flatMap(({ diagnosticEvent: event }) =>
        event?.severity === "error" ? [event.message] : [],
      );
      throw new Error(`pulumi up failed:\n${errors.length === 0 ? output : errors.join("\n")}`);
    }
    return events.flatMap(({ resOutputsEvent: event }) => {
      return event !== undefined && isChange(event.metadata) ? [stepOf(event.metadata)] : [];
    });
  }

  async refresh(...args: string[]): Promise<Run> {
    return this.succeed("refresh", "--yes", "--skip-preview", ...args);
  }

  async destroy(): Promise<Run> {
    return this.succeed("destroy", "--yes", "--skip-preview");
  }

  /** What `up` would do, without what stays the same. */
  async preview(): Promise<Step[]> {
    return (await this.previewed()).map(stepOf);
  }

  /** The same, with the inputs that each step would write, by the resource's name. */
  async previewedInputs(): Promise<Record<string, Readonly<Record<string, unknown>>>> {
    const steps = await this.previewed();
    return Object.fromEntries(steps.map((step) => [nameOf(step), step.newState?.inputs ?? {}]));
  }

  /** The same as the engine tells it. */
  async previewed(...args: string[]): Promise<PreviewedStep[]> {
    const { stdout } = await this.succeed("preview", "--json", ...args);
    const { steps } = JSON.parse(stdout) as { steps: PreviewedStep[] };
    return steps.filter(isChange);
  }

  /** The stack's outputs, in plaintext. */
  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.succeed("stack", "output", "--json", "--show-secrets");
    return JSON.parse(stdout);
  }

  /** The plaintexts that the program gives as its output `keys`, by name. */
  async keys(): Promise<Record<string, string>> {
    return (await this.outputs()).keys as Record<string, string>;
  }

  /**
   * The state as it is stored: secrets are ciphertext, unless the arguments of an export say otherwise. Without arguments, the state's
   * own file is read, which is faster.
   */
  async exported(...args: string[]): Promise<{ text: string; resources: readonly ExportedResource[] }> {
    if (args.length === 0) {
      const text = this.#storedText();
      return { text, resources: storedIn(text).resources ?? [] };
    }
    const { stdout } = await this.succeed("stack", "export", ...args);
    return { text: stdout, resources: JSON.parse(stdout).deployment.resources };
  }

  /** The creates and changes that a run was killed in, such as `creating acme`. */
  get pendingOperations(): string[] {
    const { pending_operations: pending = [] } = storedIn(this.#storedText());
    return pending.map(({ type, resource }) => `${type} ${nameOf(resource)}`);
  }

  /** Stores a state, which is an exported one as a test has changed it. */
  async imported(change: (resource: ExportedResource) => ExportedResource): Promise<void> {
    const state = JSON.parse((await this.succeed("stack", "export")).stdout);
    state.deployment.resources = state.deployment.resources.map(change);
    const file = path.join(this.root, "state.json");
    writeFileSync(file, JSON.stringify(state));
    await this.succeed("stack", "import", "--file", file);
  }

  /** A resource as it is in the state, by its kind and name. */
  async resource(kind: string, name: string, ...args: string[]): Promise<ExportedResource> {
    const { resources } = await this.exported(...args);
    const found = resources.find(({ urn }) => urn.endsWith(`:${kind}::${name}`));
    if (found === undefined) {
      throw new Error(`no ${kind} ${name} in the state`);
    }
    return found;
  }

  /** The plaintext of a secret output. After an `up` that failed, the stack's own outputs are those from before. */
  async plaintextOf(kind: string, name: string, output: string): Promise<string> {
    const { outputs = {} } = await this.resource(kind, name, "--show-secrets");
    return JSON.parse((outputs[output] as { readonly plaintext: string }).plaintext);
  }

  /** The id of a resource, by its kind and name. */
  async idOf(kind: string, name: string): Promise<string> {
    const { id } = await this.resource(kind, name);
    if (id === undefined) {
      throw new Error(`${kind} ${name} has no id in the state`);
    }
    return id;
  }

  /** Replaces text in a file of the program; it must be there. */
  edit(file: string, from: string, to: string): void {
    const place = path.join(this.folder, file);
    const text = readFileSync(place, "utf8");
    if (!text.includes(from)) {
      throw new Error(`${file} has no ${JSON.stringify(from)}`);
    }
    writeFileSync(place, text.replace(from, to));
  }

  /** The backend's file of the stack. */
  #storedText(): string {
    const folder = path.join(this.root, ".state/.pulumi/stacks");
    const [file = ""] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".json"),
    );
    return readFileSync(path.join(folder, file), "utf8");
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Names the plugin's folder in the project's file, as a user does who has not installed a release. */
  #installPlugin(): void {
    const project = path.join(this.folder, "Pulumi.yaml");
    if (!/^plugins:/m.test(readFileSync(project, "utf8"))) {
      appendFileSync(project, `plugins: { providers: [{ name: roster, path: ${pluginFolder} }] }\n`);
    }
  }

  #settings(): Record<string, string> {
    const access = this.#access && { ROSTER_ENDPOINT: this.#access.endpoint, ROSTER_TOKEN: this.#access.token };
    return { ...this.#environment, ...access, FRONT_UNDER_TEST: this.#front };
  }

  #spawn(args: readonly string[], detached: boolean): Engine {
    const [command = ""] = args;
    if (engineCommands.has(command)) {
      countStart("engine");
    }
    const folder = this.#from === this.folder ? [] : ["-C", this.folder];
    return spawn("pulumi", ["--non-interactive", ...folder, ...args], {
      cwd: this.#from,
      env: this.#settings(),
      stdio: ["ignore", "pipe", "pipe"],
      detached,
    });
  }
}

/**
 * The environment of the engine and the commands of a test, with a home, a backend and log-ins of its own in a folder. Settings that the
 * process has, of whoever runs the tests or of a test that ran before, are left out.
 */
export function environmentIn(folder: string, passphrase: string, binFolder?: string): Record<string, string> {
  const { ROSTER_ENDPOINT: _endpoint, ROSTER_TOKEN: _token, ROSTER_NO_LOGIN: _none, ...base } = process.env;
  return engineEnvironment({
    base: { ...base, XDG_CONFIG_HOME: path.join(folder, ".config") },
    home: path.join(folder, ".home"),
    backend: path.join(folder, ".state"),
    passphrase,
    ...(binFolder !== undefined && { binFolder }),
  });
}

/** What the backend's file of a stack has of its state. */
interface StoredState {
  /** Left out where there are none. */
  readonly resources?: readonly ExportedResource[];
  readonly pending_operations?: readonly { readonly type: string; readonly resource: { readonly urn: string } }[];
}

function storedIn(text: string): StoredState {
  return JSON.parse(text).checkpoint.latest;
}

/** @returns what a run printed, once it has ended. */
export function endOf(engine: Engine): Promise<Run> {
  return new Promise((resolve, reject) => {
    let output = "";
    let stdout = "";
    engine.stdout.on("data", (data) => {
      output += data;
      stdout += data;
    });
    engine.stderr.on("data", (data) => {
      output += data;
    });
    engine.on("error", reject);
    engine.on("close", (code) => resolve({ status: code ?? 1, output, stdout }));
  });
}

/** Does what Ctrl-C does at a terminal: every process of the group is told. */
export function interrupt({ pid }: Engine): void {
  if (pid === undefined) {
    throw new Error("the engine was not started");
  }
  process.kill(-pid, "SIGINT");
}

/** The name that the program gives a resource. */
export function nameOf({ urn }: { readonly urn: string }): string {
  return urn.split("::")[3] ?? "";
}

/** Whether a step changes something that the program declares; the stack itself is a resource too. */
export function isChange({ op, urn }: Pick<PreviewedStep, "op" | "urn">): boolean {
  return !unchanging.has(op) && !urn.includes("::pulumi:pulumi:Stack::");
}

export function stepOf({ op, urn }: Pick<PreviewedStep, "op" | "urn">): Step {
  const [, , type = ""] = urn.split("::");
  return `${op} ${type.split(":").at(-1) ?? ""} ${nameOf({ urn })}`;
}
