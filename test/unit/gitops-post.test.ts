/** What examples/gitops writes to a host. A scripted host answers in place of the APIs of GitHub and GitLab, which nothing here reaches. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { temporaryFolder } from "../temporary-folder.ts";

type Item = Readonly<Record<string, unknown>>;

/** Lists by path, of which a page has at most 100; everything else that is asked for is an object. */
let lists: Readonly<Record<string, readonly Item[]>> = {};
let objects: Readonly<Record<string, unknown>> = {};
let written: { readonly request: string; readonly body: Item }[] = [];

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://host");
  let text = "";
  for await (const part of request) {
    text += part;
  }
  if (request.method !== "GET") {
    written.push({ request: `${request.method} ${pathname}`, body: JSON.parse(text) });
    response.end("{}");
    return;
  }
  const page = Number(searchParams.get("page"));
  const found = lists[pathname]?.slice((page - 1) * 100, page * 100) ?? objects[pathname];
  response.statusCode = found === undefined ? 404 : 200;
  response.end(JSON.stringify(pathname.endsWith("/artifacts") ? { artifacts: found } : (found ?? {})));
});

let address = "";
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  [lists, objects, written] = [{}, {}, []];
});

async function post(args: readonly string[], settings: Readonly<Record<string, string>>) {
  const file = path.join(paths.checkout, "examples/gitops/post.mjs");
  const child = spawn(paths.node, [file, ...args], { env: settings, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  const [status] = await once(child, "close");
  return { status, stdout, stderr };
}

const gitHub = () => ({
  GITHUB_API_URL: address,
  GITHUB_REPOSITORY: "acme/access",
  GITHUB_TOKEN: "token-of-a-job",
  GITHUB_SHA: "c0ffee",
  PULL_REQUEST: "7",
});
const gitLab = () => ({
  GITLAB_CI: "true",
  CI_API_V4_URL: address,
  CI_PROJECT_ID: "12",
  CI_MERGE_REQUEST_IID: "7",
  CI_COMMIT_SHA: "c0ffee",
  GITLAB_TOKEN: "token-of-a-job",
});
const explanation = (text: string) => path.join(temporaryFolder({ "explanation.md": text }), "explanation.md");
const others = Array.from({ length: 130 }, (_, id) => ({
  id,
  body: "Looks good.",
  user: { login: "ada" },
  author: { id: 3 },
}));
const marked = "<!-- roster -->\n# Before\n";
const forged = { id: 900, body: marked, user: { login: "eve" }, author: { id: 4 } };
const own = { id: 901, body: marked, user: { login: "github-actions[bot]" }, author: { id: 5 } };

describe("G6 a review is one comment", () => {
  const comments = "/repos/acme/access/issues/7/comments";
  const notes = "/projects/12/merge_requests/7/notes";

  test("which is updated on whichever page it is, and which nobody else can be taken for", async () => {
    lists = { [comments]: [forged, ...others, own], [notes]: [forged, ...others, own] };
    objects = { "/user": { id: 5 } };
    const file = explanation("# After\n");
    expect(await post(["comment", file], gitHub())).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(await post(["comment", file], gitLab())).toMatchObject({ status: 0, stdout: "", stderr: "" });
    const body = { body: "<!-- roster -->\n# After\n" };
    expect(written).toEqual([
      { request: "PATCH /repos/acme/access/issues/comments/901", body },
      { request: `PUT ${notes}/901`, body },
    ]);
  });

  test("which is made if there is none, and as long as a comment can be", async () => {
    lists = { [comments]: [forged] };
    await post(["comment", explanation("- `ada@acme.example` loses a key.\n".repeat(3000))], gitHub());
    const [{ request, body } = { request: "", body: {} }] = written;
    expect(request).toBe(`POST ${comments}`);
    expect(String(body.body).length).toBeLessThanOrEqual(65_536);
    expect(String(body.body)).toMatch(/loses a key\.\n\n_The rest is in the explanation/);
  });

  test("and a host that refuses fails the job, without the token in its log", async () => {
    const { status, stderr } = await post(["comment", explanation("x")], gitHub());
    expect(status).toBe(1);
    expect(stderr).toContain(`GET ${comments}?per_page=100&page=1 answered 404.`);
    expect(stderr).not.toContain("token-of-a-job");
  });
});

test("G6 drift is one issue as long as it is open", async () => {
  const issues = "/repos/acme/access/issues";
  lists = { [issues]: [{ ...own, number: 41 }], "/projects/12/issues": [{ ...forged, description: marked, iid: 8 }] };
  objects = { "/user": { id: 5 } };
  const file = explanation("# Drift\n");
  await post(["issue", file], gitHub());
  await post(["issue", file], gitLab());
  const title = "Access was changed outside the stack";
  expect(written).toEqual([
    { request: `PATCH ${issues}/41`, body: { title, body: "<!-- roster -->\n# Drift\n" } },
    { request: "POST /projects/12/issues", body: { title, description: "<!-- roster -->\n# Drift\n" } },
  ]);
});

describe("G6 the review of a merged change is found", () => {
  const pulls = { "/repos/acme/access/commits/c0ffee/pulls": [{ merge_commit_sha: "c0ffee", head: { sha: "beef" } }] };
  const artifacts = "/repos/acme/access/actions/artifacts";
  const run = (event: string, file: string) => ({ event, path: `.github/workflows/${file}` });

  test("on GitHub, among artifacts of the same name that others have made", async () => {
    const made = [1, 2, 3].map((id) => ({ expired: false, workflow_run: { id } }));
    lists = { ...pulls, [artifacts]: made };
    objects = {
      "/repos/acme/access/actions/runs/1": run("push", "roster-review.yml"),
      "/repos/acme/access/actions/runs/2": run("pull_request_target", "other.yml"),
      "/repos/acme/access/actions/runs/3": run("pull_request_target", "roster-review.yml"),
    };
    expect((await post(["reviewed"], gitHub())).stdout).toBe("run=3\nname=roster-review-beef\n");
    lists = { ...pulls, [artifacts]: made.slice(0, 2) };
    expect(await post(["reviewed"], gitHub())).toMatchObject({ status: 0, stdout: "" });
  });

  test("on GitLab, in the pipeline of the merge request", async () => {
    lists = {
      "/projects/12/repository/commits/c0ffee/merge_requests": [
        { iid: 7, state: "merged", merge_commit_sha: "c0ffee", sha: "beef" },
      ],
      "/projects/12/merge_requests/7/pipelines": [
        { id: 1, sha: "beef", source: "push" },
        { id: 2, sha: "beef", source: "merge_request_event" },
      ],
      "/projects/12/pipelines/2/jobs": [{ id: 20, name: "review" }],
    };
    objects = { "/projects/12/jobs/20/artifacts/roster-out/explanation.json": { version: 1 } };
    const file = explanation("");
    expect(await post(["reviewed", file], gitLab())).toMatchObject({ status: 0 });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ version: 1 });
  });
});
