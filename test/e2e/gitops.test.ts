/**
 * examples/gitops on the real engine: its script plays a repository's pipelines, from a pull request to the drift of a night. What
 * is written to a host is in test/unit/gitops-post.test.ts.
 */
import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
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
import { afterAll, beforeAll, expect, test } from "vitest";
import { engineEnvironment, paths } from "../../scripts/environment.mjs";
import { countStart } from "../costs/counts.ts";
import { useService } from "./fixtures.ts";
import { endOf, type Run } from "./stack.ts";

const service = useService();
const root = mkdtempSync(path.join(tmpdir(), "roster-gitops-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const clone = path.join(root, "clone");
const handedOn = path.join(root, "handed-on");
const passphrase = "a-value-that-only-the-pipeline-knows";
let organization = "";
const tokens = { auditor: "", pipeline: "" };

const engine = engineEnvironment({ home: path.join(root, ".home"), backend: path.join(root, ".state"), passphrase });
const base = {
  ...engine,
  // npm makes the package's command executable when it installs it; in a checkout, it isn't.
  PATH: [path.join(root, "bin"), engine.PATH].join(path.delimiter),
  XDG_CONFIG_HOME: path.join(root, ".config"),
  GIT_CONFIG_GLOBAL: path.join(root, "gitconfig"),
  GIT_CONFIG_NOSYSTEM: "1",
};
const git = (...args: string[]) => execFileSync("git", args, { cwd: clone, env: base, encoding: "utf8" }).trim();
const inClone = (file: string) => path.join(clone, file);
const outFolder = inClone("roster-out");

/** Runs the script as a job of a pipeline does, in a checkout of `main`. @param runs how often it runs the engine */
async function roster(command: string, runs: number, settings: Readonly<Record<string, string>>): Promise<Run> {
  git("checkout", "--quiet", "--force", "main");
  git("clean", "--quiet", "-ffdx", "-e", "node_modules");
  // The machine of a job is new, and has selected no stack.
  execFileSync("pulumi", ["stack", "unselect"], { cwd: clone, env: base, stdio: "ignore" });
  for (let run = 0; run < runs; run++) {
    countStart("engine");
  }
  return endOf(
    spawn(inClone("roster.sh"), [command], {
      cwd: clone,
      env: { ...base, ...settings },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

/** What a job leaves: its log, and its artifacts. */
function left({ output }: Run): string {
  const files = existsSync(outFolder) ? readdirSync(outFolder) : [];
  return [output, ...files.map((file) => readFileSync(path.join(outFolder, file), "utf8"))].join("\n");
}
const explanation = () => readFileSync(path.join(outFolder, "explanation.md"), "utf8");

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(inClone(file), "utf8");
  expect(text).toContain(from);
  writeFileSync(inClone(file), text.replace(from, to));
}

/** A branch with a commit, as whoever opens a pull request pushes it. @returns the commit */
function branch(name: string, change: () => void): string {
  git("checkout", "--quiet", "--force", "-B", name, "main");
  change();
  git("add", "--all");
  git("commit", "--quiet", "--message", name);
  git("push", "--quiet", "--force", "origin", name);
  return git("rev-parse", "HEAD");
}

/** A system user with a role and a token of its own. */
async function systemUser(name: string, role: string): Promise<string> {
  const user = await service.ask("POST", "/v1/users", {
    email: `${name}@acme.example`,
    kind: "system",
    homeOrganization: organization,
  });
  const member = await service.ask("POST", `/v1/organizations/${organization}/members`, { user: user.body.id, role });
  const key = { name, kind: "user", owner: user.body.id };
  const made = await service.ask("POST", `/v1/organizations/${organization}/api-keys`, key);
  expect([user, member, made].map(({ status }) => status)).toEqual([201, 201, 201]);
  return String(made.body.key);
}

beforeAll(async () => {
  const sold = { subscription: { plan: "enterprise" }, features: { externalApiAccess: true } };
  const { body } = await service.ask("POST", "/v1/organizations", { slug: "acme", name: "Acme", ...sold });
  organization = String(body.id);
  tokens.auditor = await systemUser("reviewer", "auditor");
  tokens.pipeline = await systemUser("pipeline", "administrator");

  writeFileSync(
    path.join(root, "gitconfig"),
    "[user]\nname = Ada\nemail = ada@acme.example\n[init]\ndefaultBranch = main\n",
  );
  mkdirSync(handedOn);
  mkdirSync(path.join(root, "bin"));
  const command = path.join(paths.checkout, "provider/dist/command/main.js");
  writeFileSync(path.join(root, "bin/roster"), `#!/bin/sh\nexec "${paths.node}" "${command}" "$@"\n`, { mode: 0o755 });
  cpSync(path.join(paths.checkout, "examples/gitops"), clone, { recursive: true });
  edit("Pulumi.production.yaml", "https://roster.example.com", service.endpoint);
  execFileSync("git", ["init", "--quiet", "--bare", path.join(root, "origin.git")], { env: base });
  git("init", "--quiet");
  git("remote", "add", "origin", path.join(root, "origin.git"));
  symlinkSync(path.join(paths.checkout, "node_modules"), inClone("node_modules"));
  execFileSync("pulumi", ["stack", "init", "production", "--non-interactive"], {
    cwd: clone,
    env: base,
    stdio: "ignore",
  });
  git("add", "--all");
  git("commit", "--quiet", "--message", "The stack");
  git("push", "--quiet", "origin", "HEAD:main");
  // The stack is made by a person, once.
  mkdirSync(inClone("keys"));
  countStart("engine");
  const up = ["up", "--yes", "--skip-preview", "--non-interactive"];
  const made = { ...base, ROSTER_TOKEN: tokens.pipeline };
  expect(await endOf(spawn("pulumi", up, { cwd: clone, env: made, stdio: ["ignore", "pipe", "pipe"] }))).toMatchObject({
    status: 0,
  });
  cpSync(inClone("keys/storefront.key"), path.join(handedOn, "storefront.key"));
});

const auditor = () => ({ ROSTER_TOKEN: tokens.auditor });
const pipeline = () => ({ ROSTER_TOKEN: tokens.pipeline, ROSTER_HAND_ON: `cp -t ${handedOn}` });

/** What no job may print or keep, whatever a pull request contains. */
function secrets(): string[] {
  const keys = readdirSync(handedOn).map((file) => readFileSync(path.join(handedOn, file), "utf8"));
  return [tokens.auditor, tokens.pipeline, passphrase, ...keys];
}

test("G6 a pull request is explained without a token that can write, and applied as it was reviewed", async () => {
  // Everything that a pull request could run or read is hostile, apart from the change that it shows.
  const head = branch("radia-leaves", () => {
    edit("access/people.csv", "radia@acme.example,Radia,Perlman,operator\n", "");
    appendFileSync(
      inClone("access/roster.yaml"),
      "  reports: { kind: server, deliverTo: { file: ../keys/reports.key }, storeSecret: false }\n",
    );
    const steal = `echo "$ROSTER_TOKEN" > "${path.join(root, "stolen")}"`;
    writeFileSync(inClone("roster.sh"), `#!/bin/sh\n${steal}\n`);
    appendFileSync(inClone("index.ts"), `\nrequire("node:child_process").execSync(${JSON.stringify(steal)});\n`);
    edit("github/.github/workflows/roster-review.yml", "./roster.sh review", "env");
    edit("Pulumi.production.yaml", service.endpoint, "http://127.0.0.1:9");
    writeFileSync(inClone(".gitattributes"), "*.yaml filter=steal\n");
    symlinkSync("/proc/self/environ", inClone("access/environment.txt"));
  });
  const before = await service.rolesIn(organization);
  const review = await roster("review", 1, { ...auditor(), ROSTER_HEAD: head, ROSTER_FAIL_ON: "removed-people" });
  expect(review, left(review)).toMatchObject({ status: 0 });
  expect(existsSync(path.join(root, "stolen"))).toBe(false);
  expect(existsSync(inClone("access/environment.txt"))).toBe(false);
  expect(explanation()).toMatch(/removed-people[\s\S]*`radia@acme\.example` loses the membership of `Acme`/);
  expect(secrets().filter((secret) => left(review).includes(secret))).toEqual([]);
  expect(await service.rolesIn(organization)).toEqual(before);

  const reviewed = path.join(root, "reviewed.json");
  cpSync(path.join(outFolder, "explanation.json"), reviewed);
  git("checkout", "--quiet", "--force", "main");
  git("checkout", "--quiet", head, "--", "access/people.csv", "access/roster.yaml");
  git("commit", "--quiet", "--message", "Radia leaves");
  const applied = await roster("apply", 2, { ...pipeline(), ROSTER_REVIEWED: reviewed });
  expect(applied, applied.output).toMatchObject({ status: 0 });
  expect(readdirSync(handedOn).toSorted()).toEqual(["reports.key", "storefront.key"]);
  expect(readdirSync(inClone("keys"))).toEqual([]);
  const verified = await service.verify(readFileSync(path.join(handedOn, "reports.key"), "utf8"));
  expect(verified).toMatchObject({ outcome: "accepted" });
  expect(secrets().filter((secret) => left(applied).includes(secret))).toEqual([]);
  expect(Object.keys(await service.rolesIn(organization))).not.toContain("radia@acme.example");
});

test("G6 what was changed outside the stack is found at night", async () => {
  const { id } = await service.membershipIn(organization, "dorothy@acme.example");
  await service.ask("PATCH", `/v1/members/${id}`, { role: "administrator" });
  const drift = await roster("drift", 1, auditor());
  expect(drift, drift.output).toMatchObject({ status: 3 });
  expect(explanation()).toMatch(/Changed outside the stack\n\n- .*dorothy/);
  expect(secrets().filter((secret) => left(drift).includes(secret))).toEqual([]);
});

const manifest = "access/roster.yaml";
const withEnvironment = (name: string) => edit(manifest, "name: Release manager", `name: "\${env.${name}:-none}"`);

test.each<[what: string, change: () => void, status: number, said: RegExp]>([
  [
    "the token, as a value of the environment",
    () => withEnvironment("ROSTER_TOKEN"),
    3,
    /whose names begin with ROSTER_VAR_/,
  ],
  [
    "a CSV file outside",
    () => edit(manifest, "people.csv", "../../settings.csv"),
    3,
    /may lead out of the manifest's folder/,
  ],
  ["the environment as a CSV file", () => edit(manifest, "people.csv", "/proc/self/environ"), 3, /may lead out of/],
  [
    "a symbolic link",
    () => {
      rmSync(inClone("access/people.csv"));
      symlinkSync("/proc/self/environ", inClone("access/people.csv"));
    },
    1,
    /access\/people\.csv is not a regular file/,
  ],
  [
    "the stack's configuration",
    () => writeFileSync(inClone("access/Pulumi.yaml"), "name: x\n"),
    1,
    /is a file of Pulumi/,
  ],
  [
    "a name with a line break",
    () => writeFileSync(inClone("access/a\n::x::b.yaml"), "x: 1\n"),
    1,
    /has a name that this/,
  ],
  ["a large file", () => writeFileSync(inClone("access/a.csv"), "x".repeat(11_000_000)), 1, /more than 10485760 bytes/],
])(
  "G6 a pull request with %s is refused before the engine starts, and is told no secret",
  async (_what, change, status, said) => {
    writeFileSync(path.join(root, "settings.csv"), `${passphrase}\n`);
    const review = await roster("review", 0, { ...auditor(), ROSTER_HEAD: branch("hostile", change) });
    expect(review.status, review.output).toBe(status);
    expect(left(review)).toMatch(said);
    expect(secrets().filter((secret) => left(review).includes(secret))).toEqual([]);
  },
);

test("G6 a job doesn't run the pull request's checkout, nor with a token that the stack has", async () => {
  expect(await roster("validate", 0, {})).toMatchObject({ status: 0 });
  const main = git("rev-parse", "main");
  const checkedOut = await roster("review", 0, { ...auditor(), ROSTER_HEAD: main });
  expect(checkedOut).toMatchObject({ status: 1, output: expect.stringContaining("ROSTER_HEAD is checked out.") });
  expect(await roster("review", 0, { ...auditor(), ROSTER_HEAD: "--output=x" })).toMatchObject({ status: 1 });
  git("checkout", "--quiet", "--force", "main");
  const set = ["config", "set", "--secret", "roster:token", "none", "--stack", "production"];
  execFileSync("pulumi", set, { cwd: clone, env: base, stdio: "ignore" });
  git("commit", "--quiet", "--all", "--message", "A token");
  const configured = await roster("drift", 0, auditor());
  expect(configured).toMatchObject({ status: 1, output: expect.stringContaining("configuration has roster:token") });
});
