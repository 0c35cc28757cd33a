/** An explanation at the lines of a manifest: of the present one, and of the revision before for what is removed. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { annotationsFor, placesAt, placesIn } from "../../provider/command/explain-annotations.ts";
import type { Explanation } from "../../provider/explain/explain.ts";
import { phrase, unescaped } from "../../provider/explain/phrase.ts";

const root = mkdtempSync(path.join(tmpdir(), "roster-annotations-"));
const folder = path.join(root, "access");
const manifest = path.join(folder, "roster.yaml");

const head = `name: acme
organization: { slug: acme, name: "\${config.title}" }
include: [people.yaml]
roles:
  releaser: { permissions: [flows:run] }
`;
const before = `users:
  ada: { email: ada@acme.example, role: administrator }
  bob: { email: bob@acme.example, role: viewer }
`;

function git(...args: string[]): void {
  const identity = {
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@b.example",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@b.example",
  };
  execFileSync("git", args, {
    cwd: root,
    env: { ...process.env, ...identity, GIT_CONFIG_GLOBAL: "/dev/null" },
    stdio: "pipe",
  });
}

beforeAll(() => {
  mkdirSync(folder);
  writeFileSync(manifest, head);
  writeFileSync(path.join(folder, "people.yaml"), before);
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-q", "-m", "before");
  writeFileSync(path.join(folder, "people.yaml"), before.replace(/ {2}bob.*\n/, ""));
});

afterAll(() => rmSync(root, { recursive: true }));

const urn = (kind: string, name: string) => `urn:pulumi:dev::acme::pulumi-nodejs:dynamic/roster:${kind}::${name}`;

test("is at the line of what changes, and of what was declared before", async () => {
  const explanation: Explanation = {
    findings: [
      { group: "refused", text: phrase`Role releaser: ${"name_taken"}`, urn: urn("Role", "acme-releaser") },
      { group: "loses", text: phrase`${"bob@acme.example"} leaves.`, urn: urn("Membership", "acme-bob") },
      { group: "gains", text: phrase`${"ada@acme.example"} joins.`, urn: urn("Membership", "acme-ada") },
      { group: "mails", text: phrase`A mail.`, urn: urn("User", "of-another-program") },
    ],
    notTried: [{ urn: urn("User", "acme-ada"), text: ["It is unknown."] }],
    outside: [],
    errors: ["it failed"],
  };
  const places = [placesIn(manifest, root), await placesAt("main", manifest, root)];
  const stops = [{ guard: "removed-people", text: ["1 person loses access."] }];
  const found = annotationsFor({ explanation, stops, manifest: "access/roster.yaml", places, shown: unescaped });
  expect(found.map(({ level, file, line, message }) => `${level} ${file}:${line ?? ""} ${message}`)).toEqual([
    "error access/roster.yaml: 1 person loses access.",
    "error access/roster.yaml: it failed",
    "error access/roster.yaml:5 Role releaser: name_taken",
    "warning access/people.yaml:3 bob@acme.example leaves.",
    "notice access/people.yaml:2 ada@acme.example joins.",
    "notice access/roster.yaml: A mail.",
    "warning access/people.yaml:2 It is unknown.",
  ]);
});

test("a revision that Git doesn't know is an error, and a manifest that is refused has no places", async () => {
  await expect(placesAt("no-such-revision", manifest, root)).rejects.toThrow("no-such-revision");
  writeFileSync(path.join(folder, "broken.yaml"), "name: acme\n");
  expect(placesIn(path.join(folder, "broken.yaml"), root).size).toBe(0);
});
