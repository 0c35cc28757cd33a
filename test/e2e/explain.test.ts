/**
 * `roster explain` on the real engine: what the change of a stack means, in every form, what was changed outside the stack since, and the
 * guards of a pipeline.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { explanationSchema } from "../../provider/explain/document.ts";
import { explain } from "../../provider/explain/explain.ts";
import { unescaped } from "../../provider/explain/phrase.ts";
import { readPreview } from "../../provider/explain/preview-document.ts";
import { Client } from "../../provider/wire/client.ts";
import { plannedFor, requestDifferences } from "./explained-requests.ts";
import { useRelay, useService, useStack } from "./fixtures.ts";
import { type Declaration, enterprise, the } from "./kinds.ts";

const service = useService();
const relay = useRelay(service);
const stack = useStack("test/e2e/programs/kinds", relay);

function declare(kind: string, name: string, args: Declaration["args"], ...after: string[]): Declaration {
  return { kind, name, args, after };
}
const acme = { organization: the("acme") };
const person = (name: string) =>
  declare("User", name, { email: `${name}@acme.example`, invite: false, homeOrganization: the("acme") });
const member = (name: string, role: unknown) => declare("Membership", `${name}-in`, { ...acme, user: the(name), role });
const role = (...permissions: string[]) =>
  declare("Role", "releaser", { ...acme, name: "Releaser `1.0`", permissions });
const key = (kind: string) => declare("ApiKey", "storefront", { ...acme, name: "Storefront @acme", kind });
const many = (members: Record<string, string>) =>
  declare("OrganizationMembers", "many", {
    ...acme,
    members,
    onUnknownUser: "create",
    minAdmins: 0,
    maxRemovalFraction: 1,
  });

const organization = declare("Organization", "acme", { slug: "acme", name: "Acme", ...enterprise });
const bobsKey = (...later: string[]) =>
  declare("ApiKey", "bobs", { ...acme, name: "Bob's", kind: "user", owner: the("bob") }, ...later);

const before = [
  organization,
  role("flows:read"),
  ...["ada", "bob", "eve", "dan"].map(person),
  member("ada", "administrator"),
  member("bob", "administrator"),
  member("eve", "editor"),
  member("dan", "viewer"),
  key("server"),
  bobsKey("bob-in"),
  declare("ApiKeyAssignment", "storefront-bob", { key: the("storefront"), user: the("bob") }, "bob-in"),
  many({ "pat@acme.example": "viewer", "quinn@acme.example": "editor" }),
];

/** Bob and Quinn leave, Ada becomes a releaser, Dan moves to the set, Cy and Zoe join, and the key is replaced. */
const after = [
  organization,
  role("flows:run", "data:edit"),
  ...["ada", "bob", "eve", "dan", "cy"].map(person),
  member("ada", the("releaser")),
  member("eve", "editor"),
  member("cy", "viewer"),
  key("webapi"),
  bobsKey(),
  many({ "pat@acme.example": "editor", "zoe@acme.example": "administrator", "dan@acme.example": "editor" }),
];

const inStack = (file: string) => path.join(stack.folder, file);
const undated = (text: string) => text.replaceAll(/on \d{4}-\d\d-\d\d/g, "on …");
const explained = async (...args: string[]) => {
  const { stdout, status, output } = await stack.roster("explain", "preview.json", ...args);
  return { stdout, status, output };
};

beforeAll(async () => {
  stack.declare(before);
  await stack.up();
  const [eve] = await service.list(
    `/v1/organizations/${await stack.idOf("Organization", "acme")}/members?email=eve@acme.example`,
  );
  await service.ask("PATCH", `/v1/members/${eve?.id}`, { role: "operator" });
  stack.declare(after);
  const { stdout } = await stack.succeed("preview", "--refresh", "--json");
  writeFileSync(inStack("preview.json"), stdout);
});

describe("a preview in words", () => {
  test("G1 is the most serious first, as text and as Markdown", async () => {
    await expect(undated((await explained()).stdout)).toMatchFileSnapshot("__snapshots__/explain.txt");
    const markdown = (await explained("--format", "markdown")).stdout;
    await expect(undated(markdown)).toMatchFileSnapshot("__snapshots__/explain.md");
  });

  test("G1 is JSON of a published form, with shortened addresses if that is asked for", async () => {
    const { stdout } = await explained("--json", "--redact");
    const document = explanationSchema.parse(JSON.parse(stdout));
    expect(document).toMatchObject({ project: "stack-under-test", stack: "test", redacted: true, notTried: [] });
    expect(stdout).not.toContain("bob@acme.example");
    expect(document.changes.find(({ marks }) => marks.includes("removed-person"))?.person).toBe("b…@acme.example");
  });
});

describe("guards", () => {
  test("G2 stop what they are for, and say what to do if it is meant", async () => {
    const { status, stdout } = await explained(
      "--fail-on",
      "removed-people=2,admin-change,closes-organization,key-in-use=7d",
    );
    expect(status).toBe(3);
    expect(stdout).toMatch(/^Stopped\n {2}removed-people=2: 2 people lose access\. .*\n {2}admin-change: .*\n\nWhat/);
    expect((await explained("--fail-on", "removed-people=3,key-in-use")).status).toBe(0);
    expect(await explained("another.json")).toMatchObject({ status: 2 });
    const missing = await stack.roster("explain", "missing.json");
    expect(missing).toMatchObject({
      status: 2,
      output: expect.stringContaining("the preview missing.json does not exist"),
    });
    const wrong = await explained("--fail-on", "removed-people=many");
    expect(wrong).toMatchObject({ status: 2 });
    expect(wrong.output).toContain('"many" is not a value for removed-people. It takes the number of people');
  });

  test("G2 stop an update that takes more than its review has shown", async () => {
    const review = JSON.parse((await explained("--json")).stdout);
    writeFileSync(inStack("review.json"), JSON.stringify(review));
    expect((await explained("--reviewed", "review.json")).status).toBe(0);
    const changes = review.changes.filter(({ person }: { person?: string }) => person !== "quinn@acme.example");
    writeFileSync(inStack("review.json"), JSON.stringify({ ...review, changes }));
    const { status, stdout } = await explained("--reviewed", "review.json");
    expect(status).toBe(3);
    expect(stdout).toMatch(
      /^Stopped\n {2}reviewed: The review didn't show this: quinn@acme\.example loses the membership/,
    );
  });
});

test("G1 an auditor explains what an administrator would do, and is told how where that isn't asked for", async () => {
  const organization = `/v1/organizations/${await stack.idOf("Organization", "acme")}`;
  const roles = await service.list(`${organization}/roles`);
  const { permissions } = roles.find(({ id }) => id === "auditor") ?? {};
  const { body } = await service.ask("POST", `${organization}/api-keys`, {
    name: "Audit",
    kind: "server",
    permissions,
  });
  const preview = readPreview(readFileSync(inStack("preview.json"), "utf8"));
  const explainedAs = (previewAs?: "administrator") =>
    explain(new Client({ endpoint: service.endpoint, token: String(body.key), timeoutMs: 30_000, previewAs }), preview);
  const [own, asAdministrator] = [await explainedAs(), await explainedAs("administrator")];
  expect(own.findings.filter(({ group }) => group === "refused")).toEqual([]);
  expect(own.notTried.map(({ text }) => unescaped(text))).toContain(
    "Role releaser: The token can only read: add --as, or set roster:previewAs.",
  );
  // Whether an address has an account, and a secret a key, is for nobody to find out who may not change anything.
  expect(asAdministrator.notTried.map(({ urn }) => urn.split("::").at(-1))).toEqual([
    "storefront",
    "cy-in",
    "many",
    "cy",
  ]);
  const texts = asAdministrator.findings.map(({ text }) => unescaped(text));
  expect(texts).toContain("quinn@acme.example loses the membership of Acme, with the role editor.");
  // A token that may not read the keys explains what it can, and counts nobody whom it can't see.
  const { body: narrow } = await service.ask("POST", `${organization}/api-keys`, {
    name: "Members",
    kind: "server",
    permissions: ["organization:read", "roles:read", "members:read", "members:manage"],
  });
  const ofMembers = await explain(
    new Client({ endpoint: service.endpoint, token: String(narrow.key), timeoutMs: 30_000 }),
    preview,
  );
  expect(ofMembers.findings.map(({ text }) => unescaped(text)).join("\n")).not.toContain("after this change");
  expect(ofMembers.findings.some(({ marks = [] }) => marks.includes("removed-person"))).toBe(true);
  // Unlike the service owner, an administrator can't leave an organization without one who can act.
  expect(texts).toContainEqual(expect.stringMatching(/^Membership bob-in: last_administrator: /));
});

test("G1 the explained requests are those that the update sends", async () => {
  const planned = await plannedFor(service, readFileSync(inStack("preview.json"), "utf8"));
  const from = relay.carriedOut.length;
  await stack.up("--refresh");
  expect(planned.untold).toEqual([]);
  expect(requestDifferences(planned, relay.carriedOut.slice(from))).toEqual([]);
});
