/** What is made or changed, but not finished: the engine keeps it, and the next `up` goes on. */
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { Service } from "./service.ts";
import { Stack } from "./stack.ts";

describe("a key whose name was changed, and whose rotation was refused", () => {
  const secrets = ["the-first-secret-of-a-test", "the-second-secret-of-a-test", "the-third-secret-of-a-test"] as const;
  let service: Service;
  let stack: Stack;
  let organization = "";
  let id = "";

  beforeAll(async () => {
    service = await Service.start();
    stack = new Stack(path.join(paths.checkout, "test/e2e/programs/changes"), service);
    await stack.init();
    await stack.up();
    organization = await stack.idOf("Organization", "globex");
    id = await stack.idOf("ApiKey", "brought");
  });
  afterAll(async () => {
    stack?.remove();
    await service?.stop();
  });

  async function setApiAccess(externalApiAccess: boolean): Promise<void> {
    const { status } = await service.ask("PATCH", `/v1/organizations/${organization}`, {
      features: { externalApiAccess },
    });
    expect(status).toBe(200);
  }
  async function key() {
    return (await service.ask("GET", `/v1/api-keys/${id}`)).body;
  }
  async function declaredKey(): Promise<unknown> {
    return ((await stack.outputs()).keys as Record<string, string>).brought;
  }
  async function stateOfKey() {
    const { text, resources } = await stack.exported();
    return { text, resource: resources.find((resource) => resource.id === id) };
  }

  test("is kept as far as it came, with the secret that it still has", async () => {
    await setApiAccess(false);
    stack.edit("index.ts", 'name: "Brought along"', 'name: "Brought along, again"');
    stack.edit("index.ts", secrets[0], secrets[1]);
    const { status, output } = await stack.run("up", "--yes", "--skip-preview");
    expect(status).not.toBe(0);
    expect(output).toContain("api_access_disabled: ");
    expect(await key()).toMatchObject({ name: "Brought along, again", generation: 1 });
    expect(await declaredKey()).toBe(secrets[0]);
    const { text, resource } = await stateOfKey();
    expect(resource?.initErrors).toHaveLength(1);
    expect(resource?.outputs?.name).toBe("Brought along, again");
    for (const secret of secrets) {
      expect(text).not.toContain(secret);
      expect(output).not.toContain(secret);
    }
  });

  test("is still refreshed", async () => {
    await stack.succeed("refresh", "--yes", "--skip-preview", "--target", "**::brought");
    expect(await declaredKey()).toBe(secrets[0]);
  });

  test("is finished by the next up", async () => {
    await setApiAccess(true);
    expect(await stack.preview()).toEqual(["update ApiKey brought"]);
    await stack.up();
    expect(await key()).toMatchObject({ name: "Brought along, again", generation: 2 });
    expect(await declaredKey()).toBe(secrets[1]);
    const { body } = await service.ask("POST", "/v1/verifications", { secret: secrets[1] });
    expect(body.outcome).toBe("accepted");
    expect((await stateOfKey()).resource?.initErrors).toBeUndefined();
    expect(await stack.preview()).toEqual([]);
  });

  test("is ended by destroy", async () => {
    await setApiAccess(false);
    stack.edit("index.ts", 'name: "Brought along, again"', 'name: "Brought along, at last"');
    stack.edit("index.ts", secrets[1], secrets[2]);
    expect((await stack.run("up", "--yes", "--skip-preview")).status).not.toBe(0);
    expect(await key()).toMatchObject({ name: "Brought along, at last", generation: 2 });
    await stack.succeed("destroy", "--yes", "--skip-preview");
    expect((await key()).status).toBe("revoked");
  });
});

describe("an object of any dynamic provider that was made, but not finished", () => {
  let stack: Stack;
  let output = "";

  beforeAll(async () => {
    stack = new Stack(path.join(paths.checkout, "test/e2e/programs/dynamic"));
    await stack.init();
    const up = await stack.run("up", "--yes", "--skip-preview");
    expect(up.status).not.toBe(0);
    output = up.output;
  });
  afterAll(() => stack?.remove());

  test("is kept with what only its creation could tell, as ciphertext", async () => {
    expect(output).toContain("it was interrupted");
    expect(await stack.idOf("Resource", "unfinished")).toBe("made");
    const { text } = await stack.exported();
    expect(text).not.toContain("shown-only-once");
  });

  test("is updated by the next up, and not made again", async () => {
    expect(await stack.preview()).toEqual(["update Resource unfinished"]);
    await stack.up();
    expect((await stack.outputs()).outputs).toEqual({ id: "made", secret: "shown-only-once", finished: true });
    expect(await stack.preview()).toEqual([]);
  });

  test("has said what it had to say as a line of information", () => {
    expect(output).toMatch(/^ +said by the provider$/m);
  });
});
