/**
 * The pipelines of examples/gitops, and the workflow of a release, are ones that their hosts accept: GitHub's own parser reads the
 * workflows, and GitLab's own schema the other. Neither host runs them here.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { packageSchema } from "../../provider/plugin/schema.ts";
import { paths } from "../../scripts/environment.mjs";
import { temporaryFolder } from "../temporary-folder.ts";
import { filesUnder, read } from "./sources.ts";

/** GitHub's parser. It imports its schema as bundlers read JSON, without saying that it is JSON. */
async function parser() {
  const hooks = registerHooks({
    load: (url, context, next) =>
      next(url, url.endsWith(".min.json") ? { ...context, importAttributes: { type: "json" } } : context),
  });
  try {
    return await import("@actions/workflow-parser");
  } finally {
    hooks.deregister();
  }
}

const ofExample = filesUnder("examples/gitops/github", /\.yml$/);
const release = ".github/workflows/release.yml";
const workflows = [...ofExample, ...filesUnder(".github/workflows", /\.ya?ml$/)];

/** What GitHub's parser finds wrong with a workflow. */
async function faultsIn(content: string): Promise<string[]> {
  const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await parser();
  const { context, value } = parseWorkflow({ name: "workflow.yml", content }, new NoOperationTraceWriter());
  if (value !== undefined && context.errors.count === 0) {
    await convertWorkflowTemplate(context, value);
  }
  return context.errors.getErrors().map(({ message }) => message);
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly needs?: string;
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly env?: Readonly<Record<string, string>>;
  }[];
}

/** The jobs of a workflow, by name. */
const jobsOf = (file: string) => Object.entries((parse(read(file)) as { jobs: Readonly<Record<string, Job>> }).jobs);

/** Whether a job runs code of the project, or of packages that it installs. */
function runsCode({ steps }: Job): boolean {
  const command =
    /\b(npm|npx) (ci|i|install|run|test|exec)\b|\bnode |\bpython|\bpip|\bgo (get|mod|run|vet)\b|\.ci\/|\.\/\w+\.(sh|mjs)/;
  return steps.some(({ run = "" }) => command.test(run));
}

describe("a workflow that GitHub would refuse is found", () => {
  const step = "jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ";
  test.each([
    ["an unknown permission", `on: push\npermissions: { contents: much }\n${step}x\n`, /'much'/],
    ["an unknown context", `on: push\n${step}x \${{ secret.A }}\n`, /secret/],
    ["an unknown event", `on: pushed\n${step}x\n`, /pushed/],
  ])("%s", async (_what, content, message) => {
    expect((await faultsIn(content)).join("\n")).toMatch(message);
  });
});

describe.each(workflows)("%s", (file) => {
  test("is one that GitHub accepts", async () => {
    expect(await faultsIn(read(file))).toEqual([]);
  });

  test("pins its actions by their commits, and says which versions these are", () => {
    const uses = read(file).match(/uses: .*/g) ?? [];
    expect(uses).not.toEqual([]);
    expect(uses.filter((line) => !/^uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  test("has jobs with a limit of time, and with permissions of their own", () => {
    expect(parse(read(file))).toMatchObject({ permissions: {} });
    for (const [name, job] of jobsOf(file)) {
      expect([name, typeof job["timeout-minutes"], typeof job.permissions?.contents]).toEqual([
        name,
        "number",
        "string",
      ]);
    }
  });

  test("lets no job change the repository or publish a package that runs the project's code", () => {
    for (const [name, job] of jobsOf(file)) {
      const { permissions = {} } = job;
      const isPublishing = permissions.contents === "write" || permissions["id-token"] === "write";
      expect([name, isPublishing && runsCode(job)]).toEqual([name, false]);
    }
  });

  test("gives no job both a permission to write and a secret", () => {
    for (const [name, { permissions, steps }] of jobsOf(file)) {
      const isWriting = Object.values(permissions ?? {}).includes("write");
      const hasSecret = JSON.stringify(steps).includes("secrets.");
      expect([name, isWriting && hasSecret]).toEqual([name, false]);
    }
  });

  test("checks out nothing of a pull request", () => {
    const taken = JSON.stringify(jobsOf(file)).match(/github\.head_ref|refs\/pull|"ref":"[^"]*head[^"]*"/g);
    expect(taken).toBeNull();
  });
});

test.each(ofExample)("%s reads the repository, and doesn't change it", (file) => {
  for (const [name, { permissions }] of jobsOf(file)) {
    expect([name, permissions?.contents]).toEqual([name, "read"]);
  }
});

test("a release tests what it publishes, and publishes every package", () => {
  const jobs = Object.fromEntries(jobsOf(release));
  expect(jobsOf(release).flatMap(([name, job]) => (runsCode(job) ? [name] : []))).toEqual(["build"]);
  const stepsOf = (name: string) => (jobs[name]?.steps ?? []).map(({ run = "" }) => run);
  const [tests, builds] = [".ci/run", "npm run package -- --sdks"].map((command) => stepsOf("build").indexOf(command));
  expect(tests).toBeGreaterThan(0);
  expect(builds).toBeGreaterThan(tests ?? 0);
  expect(Object.entries(jobs).map(([name, { needs }]) => [name, needs])).toEqual([
    ["build", undefined],
    ["github", "build"],
    ...["npm", "pypi", "go"].map((name) => [name, "github"]),
  ]);
  const [, list = ""] = /for package in (.*); do/.exec(stepsOf("npm").join("\n")) ?? [];
  const { workspaces } = JSON.parse(read("package.json")) as { workspaces: string[] };
  const packages = workspaces.map((workspace) => JSON.parse(read(`${workspace}/package.json`)).name);
  const { packageName } = JSON.parse(packageSchema()).language.nodejs;
  expect(list.split(" ").toSorted()).toEqual([...packages, packageName].toSorted());
});

test("the pipeline for GitLab is one that its schema accepts, and a wrong one is found", () => {
  const folder = temporaryFolder();
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "ignore" });
  git("init", "--quiet");
  git("remote", "add", "origin", "https://gitlab.example/group/stack.git");
  const command = createRequire(__filename).resolve("gitlab-ci-local");
  const jobsIn = (content: string) => {
    writeFileSync(path.join(folder, ".gitlab-ci.yml"), content);
    return execFileSync(paths.node, [command, "--list-json"], { cwd: folder, encoding: "utf8", stdio: "pipe" });
  };
  const pipeline = readFileSync(path.join(paths.checkout, "examples/gitops/gitlab/.gitlab-ci.yml"), "utf8");
  expect(jobsIn(pipeline)).toContain('"apply"');
  expect(() => jobsIn(pipeline.replace("resource_group:", "resource_grp:"))).toThrow("'resource_grp' property");
});
