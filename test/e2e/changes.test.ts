/** Changes that a program makes to its resources, one after another, on the real engine. */
import { beforeAll, describe, expect, test } from "vitest";
import { stackOfTest, useService, useStack } from "./fixtures.ts";
import { nowhere } from "./service.ts";

const firstSecret = "the-first-secret-of-a-test-3e55abd41667cf65c746ed3968734ac7";
const secondSecret = "the-second-secret-of-a-test-3874d5018c343fa548b0b3a5bc474821";

const program = "test/e2e/programs/changes";

describe("a program of classes, configured by its stack", () => {
  const service = useService();
  const stack = useStack(program);

  beforeAll(async () => {
    await stack.configure(service);
    await stack.up();
  });

  async function outcomeOf(secret: string | undefined) {
    return (await service.verify(secret)).outcome;
  }

  test("the second preview is empty, and the token and the keys are ciphertext in the state", async () => {
    expect(await stack.preview()).toEqual([]);
    const { text } = await stack.exported();
    const made = await stack.keys();
    for (const secret of [service.token, ...Object.values(made)]) {
      expect(text).not.toContain(secret);
    }
    expect(made.brought).toBe(firstSecret);
    expect(await outcomeOf(made.made)).toBe("accepted");
    expect(await outcomeOf(made.brought)).toBe("accepted");
  });

  test("refresh finds nothing, and keeps the keys that the service can't show again", async () => {
    const before = await stack.keys();
    await stack.refresh();
    expect(await stack.preview()).toEqual([]);
    expect(await stack.keys()).toEqual(before);
  });

  test("what can change in place does", async () => {
    stack.edit("index.ts", 'name: "Globex"', 'name: "Globex Corporation", websiteUrl: "https://globex.example"');
    stack.edit("index.ts", 'slug: "globex"', 'slug: "globex-corporation"');
    stack.edit("index.ts", "invite: false", 'invite: false, givenName: "Hank", familyName: "Scorpio"');
    stack.edit("index.ts", '["flows:read"]', '["flows:read", "flows:run"]');
    stack.edit("index.ts", "role: releaser", 'role: "viewer"');
    stack.edit("index.ts", "2040-01-01", "2041-01-01");
    const id = await stack.idOf("ApiKey", "limited");
    expect((await stack.preview()).toSorted()).toEqual([
      "update ApiKey limited",
      "update Membership hank",
      "update Organization globex",
      "update Role releaser",
      "update User hank",
    ]);
    await stack.up();
    expect(await stack.idOf("ApiKey", "limited")).toBe(id);
    const organization = (await service.ask("GET", `/v1/organizations/${await stack.idOf("Organization", "globex")}`))
      .body;
    expect(organization).toMatchObject({
      slug: "globex-corporation",
      name: "Globex Corporation",
      websiteUrl: "https://globex.example",
    });
    const user = (await service.ask("GET", `/v1/users/${await stack.idOf("User", "hank")}`)).body;
    expect(user).toMatchObject({ givenName: "Hank", familyName: "Scorpio" });
    const key = (await service.ask("GET", `/v1/api-keys/${id}`)).body;
    expect(key.endDate).toBe("2041-01-01");
    expect(await stack.preview()).toEqual([]);
  });

  test("a changed secret is a rotation: the key stays, the secret before it is dead", async () => {
    const id = await stack.idOf("ApiKey", "brought");
    stack.edit("index.ts", firstSecret, secondSecret);
    expect(await stack.preview()).toEqual(["update ApiKey brought"]);
    await stack.up();
    expect(await stack.idOf("ApiKey", "brought")).toBe(id);
    expect(await outcomeOf(firstSecret)).toBe("refused");
    expect(await outcomeOf(secondSecret)).toBe("accepted");
    const { text } = await stack.exported();
    expect(text).not.toContain(secondSecret);
    expect(await stack.preview()).toEqual([]);
  });

  test("a key declared revoked stays as a record; declared active again, it is replaced", async () => {
    const revoked = await stack.idOf("ApiKey", "limited");
    stack.edit("index.ts", '"2041-01-01" }', '"2041-01-01", state: "revoked" }');
    expect(await stack.preview()).toEqual(["update ApiKey limited"]);
    await stack.up();
    expect((await service.ask("GET", `/v1/api-keys/${revoked}`)).body.status).toBe("revoked");
    expect(await stack.preview()).toEqual([]);

    stack.edit("index.ts", ', state: "revoked"', "");
    expect(await stack.preview()).toContain("replace ApiKey limited");
    await stack.up();
    const renewed = await stack.idOf("ApiKey", "limited");
    expect(renewed).not.toBe(revoked);
    expect(await outcomeOf((await stack.keys()).limited)).toBe("accepted");
  });

  test("a change by someone else since the last refresh is not overwritten", async () => {
    const role = await stack.idOf("Role", "releaser");
    await service.ask("PATCH", `/v1/roles/${role}`, { permissions: ["data:edit"] });
    stack.edit("index.ts", 'name: "Releaser"', 'name: "Release manager"');
    expect(await stack.fail("up", "--yes", "--skip-preview")).toContain("precondition_failed");
    expect((await service.ask("GET", `/v1/roles/${role}`)).body).toMatchObject({
      name: "Releaser",
      permissions: ["data:edit"],
    });
    await stack.refresh();
    await stack.up();
    expect((await service.ask("GET", `/v1/roles/${role}`)).body).toMatchObject({
      name: "Release manager",
      permissions: ["flows:read", "flows:run"],
    });
  });

  test("destroy leaves nothing that works", async () => {
    const before = await stack.keys();
    await stack.destroy();
    for (const key of Object.values(before)) {
      expect(await outcomeOf(key)).toBe("refused");
    }
  });
});

describe("what is wrong is refused at preview, by name", () => {
  test("a missing endpoint or token", async () => {
    const stack = await stackOfTest(program);
    expect(await stack.fail("preview")).toContain("roster:endpoint is not set");
    await stack.configure({ endpoint: nowhere.endpoint });
    expect(await stack.fail("preview")).toContain("roster:token is not set");
  });

  test("wrong inputs, on their properties, and all of a resource at once", async () => {
    const stack = await stackOfTest(program, nowhere);
    stack.edit("index.ts", 'slug: "globex"', 'slug: "Globex!", websiteUrl: "globex"');
    stack.edit("index.ts", "externalApiAccess: true", 'externalApiAccess: "yes" as unknown as boolean');
    const output = await stack.fail("preview");
    expect(output).toMatch(/'globex'.*: slug: a slug has a-z, 0-9 and inner hyphens/);
    expect(output).toMatch(/'globex'.*: websiteUrl: it must be an address such as/);
    expect(output).toMatch(/'globex'.*: features\.externalApiAccess: it must be true or false, and is text/);
  });

  test("a wrong secret, without echoing it", async () => {
    const stack = await stackOfTest("test/e2e/programs/wrong-secret", nowhere);
    const output = await stack.fail("preview");
    expect(output).toContain("a secret has at least 16 characters");
    expect(output).not.toContain("too-short");
    const weak = "easy-to-guess-easy-to-guess";
    for (const short of ["too-short-1", "too-short-2"]) stack.edit("index.ts", short, weak);
    const ofWeak = await stack.fail("preview");
    expect(ofWeak).toContain("secret: it is too easy to guess: make it from at least 128 random bits");
    expect(ofWeak).not.toContain(weak);
  });

  test("a wrong manifest, by line and column", async () => {
    const stack = await stackOfTest("examples/acme", nowhere);
    stack.edit("roster.yaml", "role: editor", "role: editr");
    stack.edit("roster.yaml", "kind: server", "kind: sever");
    const output = await stack.fail("preview");
    expect(output).toMatch(/roster\.yaml:\d+:\d+: users\.dorothy\.role: "editr" is not a role; there are /);
    expect(output).toMatch(/roster\.yaml:\d+:\d+: apiKeys\.storefront\.kind: /);
    expect(output).not.toContain("manifest-document.js");
  });

  test("no service at the endpoint: up says so and makes nothing", async () => {
    const stack = await stackOfTest(program, nowhere);
    await stack.succeed("config", "set", "roster:timeoutMs", "2000");
    const output = await stack.fail("up", "--yes", "--skip-preview");
    expect(output).toContain("no answer to POST /v1/organizations");
    expect(output).not.toContain(nowhere.token);
  });
});
