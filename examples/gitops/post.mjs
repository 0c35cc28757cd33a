/**
 * Writes what the pipelines have to say to the host, GitHub or GitLab, and finds the review of a merged change. It runs from the base branch,
 * in jobs that have a token of the host and no other secret. README.md describes it.
 *
 *     node post.mjs comment FILE    one comment at the pull request, which is updated
 *     node post.mjs issue FILE      one issue about drift, which is updated as long as it is open
 *     node post.mjs reviewed FILE   GitLab: writes the explanation of the merged change's review;
 *                                   GitHub: prints where it is, as outputs of a step
 */
import { readFileSync, writeFileSync } from "node:fs";

const environment = process.env;

/** @param {string} name @returns {string} */
function setting(name) {
  const value = environment[name] ?? "";
  if (value === "") {
    throw new Error(`${name} is not set.`);
  }
  return value;
}

/** Only comments of the pipeline's own user are updated: anybody can write the marker. */
const marker = "<!-- roster -->";
/** What a comment on GitHub can contain; the explanation itself can be as long. */
const maxCharacters = 65_536;
const perPage = 100;

/** @param {string} method @param {string} path @param {object} [body] */
async function ask(method, path, body) {
  const response = await fetch(`${host.api}${path}`, {
    method,
    headers: { ...host.headers, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw new Error(`${method} ${path} answered ${response.status}.`);
  }
  return response;
}

/** Every item of a list, whichever page it is on. @param {string} path @param {string} [inside] the member with the items */
async function list(path, inside) {
  const all = [];
  for (let page = 1; ; page++) {
    const answer = await (
      await ask("GET", `${path}${path.includes("?") ? "&" : "?"}per_page=${perPage}&page=${page}`)
    ).json();
    const items = inside === undefined ? answer : answer[inside];
    all.push(...items);
    if (items.length < perPage) {
      return all;
    }
  }
}

const isGitLab = environment.GITLAB_CI !== undefined;
const host = isGitLab ? gitLab() : gitHub();

function gitHub() {
  const repository = `/repos/${setting("GITHUB_REPOSITORY")}`;
  const author = environment.ROSTER_AUTHOR ?? "github-actions[bot]";
  return {
    api: setting("GITHUB_API_URL"),
    headers: { authorization: `Bearer ${setting("GITHUB_TOKEN")}`, accept: "application/vnd.github+json" },
    text: "body",
    /** @param {{ user?: { login?: string } }} one */
    isOwn: async ({ user }) => user?.login === author,
    comments: () => `${repository}/issues/${setting("PULL_REQUEST")}/comments`,
    /** @param {{ id: number }} one */
    comment: ({ id }) => ["PATCH", `${repository}/issues/comments/${id}`],
    issues: () => `${repository}/issues`,
    openIssues: () => `${repository}/issues?state=open`,
    /** @param {{ number: number }} one */
    issue: ({ number }) => ["PATCH", `${repository}/issues/${number}`],
    reviewed: async () => {
      const commit = setting("GITHUB_SHA");
      const pulls = await list(`${repository}/commits/${commit}/pulls`);
      const pull = pulls.find((one) => one.merge_commit_sha === commit);
      if (pull === undefined) {
        return;
      }
      // Whoever can push can make artifacts of any name. Only a run of the base branch's workflow counts.
      const name = `roster-review-${pull.head.sha}`;
      for (const { workflow_run: of, expired } of await list(
        `${repository}/actions/artifacts?name=${name}`,
        "artifacts",
      )) {
        const run = await (await ask("GET", `${repository}/actions/runs/${of.id}`)).json();
        const isReview =
          run.event === "pull_request_target" && run.path.startsWith(".github/workflows/roster-review.yml");
        if (isReview && !expired) {
          process.stdout.write(`run=${of.id}\nname=${name}\n`);
          return;
        }
      }
    },
  };
}

function gitLab() {
  const project = `/projects/${setting("CI_PROJECT_ID")}`;
  const requests = `${project}/merge_requests`;
  const request = () => `${requests}/${setting("CI_MERGE_REQUEST_IID")}`;
  let self;
  return {
    api: setting("CI_API_V4_URL"),
    headers: { "private-token": setting("GITLAB_TOKEN") },
    text: "description",
    /** @param {{ author?: { id?: number } }} one */
    isOwn: async ({ author }) => {
      self ??= await (await ask("GET", "/user")).json();
      return author?.id === self.id;
    },
    comments: () => `${request()}/notes`,
    /** @param {{ id: number }} one */
    comment: ({ id }) => ["PUT", `${request()}/notes/${id}`],
    issues: () => `${project}/issues`,
    openIssues: () => `${project}/issues?state=opened`,
    /** @param {{ iid: number }} one */
    issue: ({ iid }) => ["PUT", `${project}/issues/${iid}`],
    /** @param {string} file */
    reviewed: async (file) => {
      const commit = setting("CI_COMMIT_SHA");
      const merged = await list(`${project}/repository/commits/${commit}/merge_requests`);
      const found = merged.find(
        (one) => one.state === "merged" && [one.merge_commit_sha, one.squash_commit_sha, one.sha].includes(commit),
      );
      if (found === undefined) {
        return;
      }
      const pipelines = await list(`${requests}/${found.iid}/pipelines`);
      for (const { id } of pipelines.filter(
        ({ sha, source }) => sha === found.sha && source === "merge_request_event",
      )) {
        const jobs = await list(`${project}/pipelines/${id}/jobs?scope[]=success`);
        const job = jobs.find(({ name }) => name === "review");
        if (job !== undefined) {
          const artifact = await ask("GET", `${project}/jobs/${job.id}/artifacts/roster-out/explanation.json`);
          writeFileSync(file, await artifact.text());
          return;
        }
      }
    },
  };
}

/** The text of a file with a mark by which it is found, cut at the end of a line if it is too long. @param {string} file */
function marked(file) {
  const note = "\n_The rest is in the explanation among the artifacts of the job._\n";
  const text = `${marker}\n${readFileSync(file, "utf8")}`;
  if (text.length <= maxCharacters) {
    return text;
  }
  const fitting = text.slice(0, maxCharacters - note.length);
  return `${fitting.slice(0, fitting.lastIndexOf("\n") + 1)}${note}`;
}

/** @param {readonly Record<string, string>[]} all @param {string} member the one with the text */
async function ownAmong(all, member) {
  for (const one of all) {
    if (String(one[member] ?? "").startsWith(marker) && (await host.isOwn(one))) {
      return one;
    }
  }
  return undefined;
}

const [command, file = ""] = process.argv.slice(2);
switch (command) {
  case "comment": {
    const own = await ownAmong(await list(host.comments()), "body");
    const [method, path] = own === undefined ? ["POST", host.comments()] : host.comment(own);
    await ask(method, path, { body: marked(file) });
    break;
  }
  case "issue": {
    const own = await ownAmong(await list(host.openIssues()), host.text);
    const [method, path] = own === undefined ? ["POST", host.issues()] : host.issue(own);
    await ask(method, path, { title: "Access was changed outside the stack", [host.text]: marked(file) });
    break;
  }
  case "reviewed":
    await host.reviewed(file);
    break;
  default:
    process.stderr.write("Usage: node post.mjs comment FILE | issue FILE | reviewed FILE\n");
    process.exitCode = 2;
}
