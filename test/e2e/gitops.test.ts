/**
 * An organization that was made by hand becomes a stack in a repository, on the real engine: exported, adopted, and from then on
 * changed by pull requests, through the script of examples/gitops. Nobody else's access is interrupted. What is written to a host is in
 * test/unit/gitops-post.test.ts.
 */
import { appendFileSync, cpSync, existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useService } from "./fixtures.ts";
import { OrganizationOfPeople } from "./organization-of-people.ts";
import { Probe } from "./probe.ts";
import { Repository } from "./repository.ts";
import type { Run } from "./stack.ts";

const service = useService({ ROSTER_MAX_REQUESTS_PER_SECOND: "0" });
const acme = new OrganizationOfPeople(service);
const repository = new Repository();
afterAll(() => repository.remove());
const probe = new Probe(service);
afterAll(() => probe.stop());
const manifest = "access/roster.yaml";
const people = "access/people.csv";

const auditor = () => ({ ROSTER_TOKEN: acme.tokens.reviewer });
const pipeline = () => ({ ROSTER_TOKEN: acme.tokens.pipeline, ROSTER_HAND_ON: `cp -t ${repository.handedOn}` });

/** What no job may print or keep, whatever a pull request contains. */
const secrets = () => [...Object.values(acme.tokens), repository.passphrase, ...Object.values(repository.secrets)];

/** Runs a job that must end so, and that leaves no secret. */
async function job(command: string, runs: number, settings: Record<string, string>, status = 0): Promise<Run> {
  const run = await repository.job(command, runs, settings);
  const left = repository.left(run);
  expect(run.status, left).toBe(status);
  expect(secrets().filter((secret) => left.includes(secret))).toEqual([]);
  return run;
}

/** Compares what the last job explains with what people have read and found good. */
async function expectExplained(step: string): Promise<void> {
  const repeatable = repository.explanation
    .replaceAll(`${repository.clone}/`, "")
    .replaceAll(/\b([a-z]{3})_[0-9a-f]{32}\b/g, "$1_ID")
    .replaceAll(/\d{4}-\d\d-\d\d(T[\d:.]+Z| \d\d:\d\d UTC)?/g, "DATE")
    .replaceAll(/manifest `[0-9a-f]+`/g, "manifest `HASH`");
  await expect(repeatable).toMatchFileSnapshot(`__snapshots__/gitops/${step}.md`);
}

beforeAll(() => repository.make(service.endpoint));

describe("an organization that was made by hand", () => {
  test("G3 G6 is exported, and adopted without a difference", async () => {
    // In a test, because mails are waited for.
    await acme.make();
    // The example's own manifest, which the exported one replaces.
    await job("validate", 0, {});
    const settings = { ROSTER_TOKEN: acme.tokens.pipeline };
    const written = ["--existing", "--delete-removed", "--out", "access", "--force", "--endpoint", service.endpoint];
    const exported = await repository.start(settings, "roster", "export", "acme", ...written);
    expect(exported, exported.output).toMatchObject({ status: 0 });
    repository.push("Acme as it is");
    probe.start(acme.keys);
    await job("apply", 2, pipeline());
    await expectExplained("1-adoption");
    // Nothing has changed but who manages it.
    const adopted = await acme.changes();
    expect(adopted.filter((change) => !change.includes(".adopt "))).toEqual([]);
    expect(adopted.length).toBeGreaterThan(320);
    const unchanged = await job("drift", 1, auditor());
    expect(unchanged.output).toContain("Nothing was changed outside the stack.");
  });

  test("G6 loses two people by a pull request, whose other content is not run, and which is applied as it was reviewed", async () => {
    probe.leave("Key of radia.allen");
    const head = repository.branch("leavers", leaversWithHostileHead);
    await job("review", 1, { ...auditor(), ROSTER_HEAD: head, ROSTER_FAIL_ON: "removed-people" });
    await expectExplained("2-leavers");
    expect(existsSync(path.join(repository.root, "stolen"))).toBe(false);
    const reviewed = path.join(repository.root, "reviewed.json");
    cpSync(repository.file("roster-out/explanation.json"), reviewed);
    repository.merge(head, manifest, people);
    await job("apply", 2, { ...pipeline(), ROSTER_REVIEWED: reviewed });
    expect((await acme.changes()).toSorted()).toEqual([
      "api_key.revoke Key of radia.allen",
      "membership.end radia.allen@acme.example",
      "membership.end radia.hopper@acme.example",
      "user.deactivate radia.allen@acme.example",
    ]);
    expect(await service.verify(acme.keys["Key of radia.allen"])).toMatchObject({ outcome: "refused" });
  });

  test("G6 rotates a key, whose new secret is handed on while the previous one goes on", async () => {
    const rotated =
      "    adopt: true\n    rotate: 1\n    deliverTo: { file: ../keys/storefront.key }\n    storeSecret: false\n";
    const head = repository.branch("rotation", () =>
      repository.edit(manifest, /(?<=name: Storefront\n(?: {4}.*\n)*?) {4}adopt: true\n/, rotated),
    );
    repository.merge(head, manifest);
    await job("apply", 2, pipeline());
    await expectExplained("3-rotation");
    expect(await acme.changes()).toEqual(["api_key.rotate Storefront"]);
    const { storefront = "" } = repository.secrets;
    expect(storefront).not.toBe("");
    probe.uses("Storefront", storefront);
    expect(await service.verify(acme.keys.Storefront)).toMatchObject({ outcome: "accepted" });
  });

  test("G6 finds at night what was changed outside the stack, and by whom", async () => {
    const { id } = await service.membershipIn(acme.id, "katherine.johnson@acme.example");
    const ada = { authorization: `Bearer ${acme.keys["Key of ada.lovelace"]}` };
    await service.ask("PATCH", `/v1/members/${id}`, { role: "administrator" }, ada);
    await acme.changes();
    await job("drift", 1, { ...auditor(), ROSTER_REDACT: "1" }, 3);
    await expectExplained("4-drift");
  });

  test("G6 is told what the service will refuse, before anything is merged", async () => {
    const second =
      "apiKeys:\n  second: { kind: user, owner: ada.lovelace, storeSecret: false, deliverTo: { file: ../keys/second.key } }\n";
    const head = repository.branch("refused", () => repository.edit(manifest, /^apiKeys:\n/m, second));
    await job("review", 1, { ...auditor(), ROSTER_HEAD: head, ROSTER_FAIL_ON: "admin-change" }, 3);
    await expectExplained("5-refused");
    expect(await acme.changes()).toEqual([]);
  });

  test("G6 was never interrupted for anybody else", async () => {
    const { calls, different } = await probe.stop();
    expect(calls).toBeGreaterThan(100);
    expect(different).toEqual([]);
  });
});

/** Everything that a pull request could run or read is hostile, apart from the change that it shows. */
function leaversWithHostileHead(): void {
  repository.edit(manifest, /^ {2}radia\.allen:.*\n/m, "");
  repository.edit(manifest, /^ {2}key-of-radia\.allen:\n( {4}.*\n)+/m, "");
  repository.edit(people, /^radia\.hopper@acme\.example,.*\r\n/m, "");
  const steal = `echo "$ROSTER_TOKEN" > "${path.join(repository.root, "stolen")}"`;
  writeFileSync(repository.file("roster.sh"), `#!/bin/sh\n${steal}\n`);
  appendFileSync(repository.file("index.ts"), `\nrequire("node:child_process").execSync(${JSON.stringify(steal)});\n`);
  repository.edit("github/.github/workflows/roster-review.yml", "./roster.sh review", "env");
  repository.edit("Pulumi.production.yaml", service.endpoint, "http://127.0.0.1:9");
  writeFileSync(repository.file(".gitattributes"), "*.yaml filter=steal\n");
  symlinkSync("/proc/self/environ", repository.file("access/environment.txt"));
}

test("G6 a manifest that reaches for secrets is refused before the engine starts, each at its line", async () => {
  writeFileSync(path.join(repository.root, "settings.csv"), `${repository.passphrase}\n`);
  const head = repository.branch("hostile", () => {
    repository.edit(manifest, "name: Release manager", `name: "\${env.ROSTER_TOKEN:-none}"`);
    repository.edit(manifest, "from: people.csv", "from: [../../settings.csv, /proc/self/environ]");
  });
  const review = await job("review", 0, { ...auditor(), ROSTER_HEAD: head, GITHUB_ACTIONS: "true" }, 3);
  const left = repository.left(review);
  expect(left).toMatch(/whose names begin with ROSTER_VAR_/);
  expect(left).toContain("../../settings.csv may lead out of the manifest's folder");
  expect(left).toContain("/proc/self/environ may lead out of the manifest's folder");
  // GitHub shows the problems at the lines of the pull request.
  expect(review.output).toMatch(/^::error file=access\/roster\.yaml,line=\d+/m);
});

test.each<[what: string, change: () => void, said: RegExp]>([
  [
    "a symbolic link",
    () => {
      rmSync(repository.file("access/people.csv"));
      symlinkSync("/proc/self/environ", repository.file("access/people.csv"));
    },
    /access\/people\.csv is not a regular file/,
  ],
  [
    "the stack's configuration",
    () => writeFileSync(repository.file("access/Pulumi.yaml"), "name: x\n"),
    /is a file of Pulumi/,
  ],
  [
    "a name with a line break",
    () => writeFileSync(repository.file("access/a\n::x::b.yaml"), "x: 1\n"),
    /has a name that this/,
  ],
  [
    "a large file",
    () => writeFileSync(repository.file("access/a.csv"), "x".repeat(11_000_000)),
    /more than 10485760 bytes/,
  ],
])("G6 a pull request with %s is refused before anything else runs", async (_what, change, said) => {
  const review = await job("review", 0, { ...auditor(), ROSTER_HEAD: repository.branch("hostile", change) }, 1);
  expect(repository.left(review)).toMatch(said);
});

test("G6 a job doesn't run the pull request's checkout, nor with a token that the stack has", async () => {
  const main = repository.git("rev-parse", "main");
  const checkedOut = await job("review", 0, { ...auditor(), ROSTER_HEAD: main }, 1);
  expect(checkedOut.output).toContain("ROSTER_HEAD is checked out.");
  await job("review", 0, { ...auditor(), ROSTER_HEAD: "--output=x" }, 1);
  repository.git("checkout", "--quiet", "--force", "main");
  repository.run("pulumi", "config", "set", "--secret", "roster:token", "none", "--stack", "production");
  repository.push("A token");
  const configured = await job("drift", 0, auditor(), 1);
  expect(configured.output).toContain("configuration has roster:token");
});
