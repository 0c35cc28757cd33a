/** A Git repository with examples/gitops, and the jobs of its pipelines. */
import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { countStart } from "../costs/counts.ts";
import { endOf, environmentIn, type Run } from "./stack.ts";

/** A repository, the clone of somebody who works on it, and a job's machine. */
export class Repository {
  /** Where everything of the repository is. */
  readonly root = mkdtempSync(path.join(tmpdir(), "roster-gitops-"));
  /** The clone. Jobs run in it too, once it is as it would be on a machine of their own. */
  readonly clone = path.join(this.root, "clone");
  /** Where the pipelines take new secrets. */
  readonly handedOn = path.join(this.root, "handed-on");
  readonly passphrase = "a-value-that-only-the-pipeline-knows";
  readonly #environment: NodeJS.ProcessEnv;

  constructor() {
    const { root, passphrase } = this;
    const engine = environmentIn(root, passphrase);
    this.#environment = {
      ...engine,
      // npm makes the package's command executable when it installs it; in a checkout, it isn't.
      PATH: [path.join(root, "bin"), engine.PATH].join(path.delimiter),
      GIT_CONFIG_GLOBAL: path.join(root, "gitconfig"),
      GIT_CONFIG_NOSYSTEM: "1",
    };
  }

  /** Makes the repository with the example, which speaks to a service, and the stack `production`. */
  make(endpoint: string): void {
    const { root, clone } = this;
    mkdirSync(this.handedOn);
    mkdirSync(path.join(root, "bin"));
    const settings = "[user]\nname = Ada\nemail = ada@acme.example\n[init]\ndefaultBranch = main\n";
    writeFileSync(path.join(root, "gitconfig"), settings);
    const command = path.join(paths.checkout, "provider/dist/command/main.js");
    const script = `#!/bin/sh\nexec "${paths.node}" "${command}" "$@"\n`;
    writeFileSync(path.join(root, "bin/roster"), script, { mode: 0o755 });
    cpSync(path.join(paths.checkout, "examples/gitops"), clone, { recursive: true });
    this.edit("Pulumi.production.yaml", "https://roster.example.com", endpoint);
    this.run("git", "init", "--quiet", "--bare", path.join(root, "origin.git"));
    this.git("init", "--quiet");
    this.git("remote", "add", "origin", path.join(root, "origin.git"));
    symlinkSync(path.join(paths.checkout, "node_modules"), this.file("node_modules"));
    this.run("pulumi", "stack", "init", "production", "--non-interactive");
    this.push("The stack");
  }

  /** The path of a file of the clone. */
  file(name: string): string {
    return path.join(this.clone, name);
  }

  /** Runs a program in the clone. @returns what it printed */
  run(program: string, ...args: string[]): string {
    const options = { cwd: this.clone, env: this.#environment, stdio: "pipe", encoding: "utf8" } as const;
    return execFileSync(program, args, options).trim();
  }

  git(...args: string[]): string {
    return this.run("git", ...args);
  }

  /** Commits everything, and pushes it to `main`. */
  push(message: string): void {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", message);
    this.git("push", "--quiet", "origin", "HEAD:main");
  }

  /** Replaces text in a file of the clone; it must be there. */
  edit(name: string, from: string | RegExp, to: string): void {
    const text = readFileSync(this.file(name), "utf8");
    expect(text).toMatch(from);
    writeFileSync(
      this.file(name),
      text.replace(from, () => to),
    );
  }

  /** A branch with a commit, as whoever opens a pull request pushes it. @returns the commit */
  branch(name: string, change: () => void): string {
    this.git("checkout", "--quiet", "--force", "-B", name, "main");
    change();
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", name);
    this.git("push", "--quiet", "--force", "origin", name);
    return this.git("rev-parse", "HEAD");
  }

  /** Merges what a commit has of these files. */
  merge(commit: string, ...files: string[]): void {
    this.git("checkout", "--quiet", "--force", "main");
    this.git("checkout", "--quiet", commit, "--", ...files);
    this.push("A pull request");
  }

  /**
   * Runs a job of a pipeline, in a checkout of `main`.
   *
   * @param command what the script is to do
   * @param runs how often it runs the engine
   */
  async job(command: string, runs: number, settings: Readonly<Record<string, string>>): Promise<Run> {
    this.git("checkout", "--quiet", "--force", "main");
    this.git("clean", "--quiet", "-ffdx", "-e", "node_modules");
    // The machine of a job is new, and has selected no stack.
    rmSync(path.join(this.root, ".home/workspaces"), { recursive: true, force: true });
    for (let run = 0; run < runs; run++) {
      countStart("engine");
    }
    return await this.start(settings, this.file("roster.sh"), command);
  }

  /** Runs a program in the clone to its end, with these variables of the environment as well. */
  start(settings: Readonly<Record<string, string>>, program: string, ...args: string[]): Promise<Run> {
    const env = { ...this.#environment, ...settings };
    return endOf(spawn(program, args, { cwd: this.clone, env, stdio: ["ignore", "pipe", "pipe"] }));
  }

  /** What the last job has written for whoever reviews. */
  get explanation(): string {
    return readFileSync(this.file("roster-out/explanation.md"), "utf8");
  }

  /** What a job leaves: its log, and its artifacts. */
  left({ output }: Run): string {
    const folder = this.file("roster-out");
    const files = existsSync(folder) ? readdirSync(folder) : [];
    return [output, ...files.map((file) => readFileSync(path.join(folder, file), "utf8"))].join("\n");
  }

  /** The secrets that the pipelines have taken to where they are used, by the names of their files. */
  get secrets(): Record<string, string> {
    const files = readdirSync(this.handedOn);
    return Object.fromEntries(
      files.map((file) => [path.parse(file).name, readFileSync(path.join(this.handedOn, file), "utf8")]),
    );
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
