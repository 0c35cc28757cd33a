/** What is made or changed, but not finished: the engine keeps it, and the next `up` goes on. */
import { beforeAll, describe, expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";

describe("a key whose name was changed, and whose rotation was refused", () => {
  const secrets = [
    "the-first-secret-of-a-test-3e55abd41667cf65c746ed3968734ac7",
    "the-second-secret-of-a-test-3874d5018c343fa548b0b3a5bc474821",
    "the-third-secret-of-a-test-9d1f0b64c7a85e23f06a7b9c41d8e352",
  ] as const;
  const service = useService();
  const stack = useStack("test/e2e/programs/changes", service);
  let organization = "";
  let id = "";

  beforeAll(async () => {
    await stack.up();
    organization = await stack.idOf("Organization", "globex");
    id = await stack.idOf("ApiKey", "brought");
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
    return (await stack.keys()).brought;
  }
  async function stateOfKey() {
    const { text, resources } = await stack.exported();
    return { text, resource: resources.find((resource) => resource.id === id) };
  }

  test("is kept as far as it came, with the secret that it still has", async () => {
    await setApiAccess(false);
    stack.edit("index.ts", 'name: "Brought along"', 'name: "Brought along, again"');
    stack.edit("index.ts", secrets[0], secrets[1]);
    const output = await stack.fail("up", "--yes", "--skip-preview");
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
    await stack.refresh("--target", "**::brought");
    expect(await declaredKey()).toBe(secrets[0]);
  });

  test("is finished by the next up", async () => {
    await setApiAccess(true);
    expect(await stack.preview()).toEqual(["update ApiKey brought"]);
    await stack.up();
    expect(await key()).toMatchObject({ name: "Brought along, again", generation: 2 });
    expect(await declaredKey()).toBe(secrets[1]);
    expect((await service.verify(secrets[1])).outcome).toBe("accepted");
    expect((await stateOfKey()).resource?.initErrors).toBeUndefined();
    expect(await stack.preview()).toEqual([]);
  });

  test("is ended by destroy", async () => {
    await setApiAccess(false);
    stack.edit("index.ts", 'name: "Brought along, again"', 'name: "Brought along, at last"');
    stack.edit("index.ts", secrets[1], secrets[2]);
    await stack.fail("up", "--yes", "--skip-preview");
    expect(await key()).toMatchObject({ name: "Brought along, at last", generation: 2 });
    await stack.destroy();
    expect((await key()).status).toBe("revoked");
  });
});

describe("an object of any dynamic provider that was made, but not finished", () => {
  const stack = useStack("test/e2e/programs/dynamic");
  let output = "";

  beforeAll(async () => {
    output = await stack.fail("up", "--yes", "--skip-preview");
  });

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
