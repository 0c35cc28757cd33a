/** What is made or changed, but not finished: the engine keeps it, and the next `up` goes on. */
import { beforeAll, describe, expect, test } from "vitest";
import { useProtocolStack } from "../protocol/fixtures.ts";
import { useService, useStack } from "./fixtures.ts";
import { enterprise, the } from "./kinds.ts";

describe("a key whose name was changed, and whose rotation was refused", () => {
  const secrets = [
    "the-first-secret-of-a-test-3e55abd41667cf65c746ed3968734ac7",
    "the-second-secret-of-a-test-3874d5018c343fa548b0b3a5bc474821",
    "the-third-secret-of-a-test-9d1f0b64c7a85e23f06a7b9c41d8e352",
    "the-fourth-secret-of-a-test-51c27e8fd0b94a6384e70f2ad6c91b35",
  ] as const;
  const service = useService();
  const stack = useStack("test/e2e/programs/changes", service);
  const protocol = useProtocolStack(service, "partial");

  async function setApiAccess(organization: string, externalApiAccess: boolean): Promise<void> {
    const { status } = await service.ask("PATCH", `/v1/organizations/${organization}`, {
      features: { externalApiAccess },
    });
    expect(status).toBe(200);
  }
  async function key(id: string) {
    return (await service.ask("GET", `/v1/api-keys/${id}`)).body;
  }

  describe("by the engine", () => {
    let organization = "";
    let id = "";

    beforeAll(async () => {
      await stack.up();
      organization = await stack.idOf("Organization", "globex");
      id = await stack.idOf("ApiKey", "brought");
    });

    async function declaredKey(): Promise<unknown> {
      return (await stack.keys()).brought;
    }

    test("M9 is kept as far as it came, with the secret that it still has, where API access was withdrawn", async () => {
      await setApiAccess(organization, false);
      stack.edit("index.ts", 'name: "Brought along"', 'name: "Brought along, again"');
      stack.edit("index.ts", secrets[0], secrets[1]);
      const output = await stack.fail("up", "--yes", "--skip-preview");
      expect(output).toContain("api_access_disabled: ");
      expect(await key(id)).toMatchObject({ name: "Brought along, again", generation: 1 });
      expect(await declaredKey()).toBe(secrets[0]);
      const { text, resources } = await stack.exported();
      const resource = resources.find((resource) => resource.id === id);
      expect(resource?.initErrors).toHaveLength(1);
      expect(resource?.outputs?.name).toBe("Brought along, again");
      for (const secret of secrets) {
        expect(text).not.toContain(secret);
        expect(output).not.toContain(secret);
      }
    });

    test("is finished by the next up, which may refresh it first", async () => {
      await setApiAccess(organization, true);
      expect(await stack.apply("--refresh")).toEqual(["update ApiKey brought"]);
      expect(await key(id)).toMatchObject({ name: "Brought along, again", generation: 2 });
      expect(await declaredKey()).toBe(secrets[1]);
      expect((await service.verify(secrets[1])).outcome).toBe("accepted");
      expect((await stack.resource("ApiKey", "brought")).initErrors).toBeUndefined();
    });
  });

  describe("by the provider", () => {
    const declared = (name: string, secret: string) => [
      { kind: "Organization", name: "initech", args: { slug: "initech", name: "Initech", ...enterprise } },
      { kind: "ApiKey", name: "brought", args: { organization: the("initech"), name, kind: "webapi", secret } },
    ];
    let organization = "";
    let id = "";

    beforeAll(async () => {
      await protocol.up(declared("Brought along", secrets[2]));
      organization = protocol.stored("initech").id;
      id = protocol.stored("brought").id;
    });

    test("is kept, and still refreshed", async () => {
      await setApiAccess(organization, false);
      const changed = declared("Brought along, again", secrets[3]);
      await expect(protocol.up(changed)).rejects.toThrow("api_access_disabled: ");
      expect(await key(id)).toMatchObject({ name: "Brought along, again", generation: 1 });
      expect(protocol.stored("brought")).toMatchObject({ unfinished: true, outputs: { key: secrets[2] } });
      await setApiAccess(organization, true);
      await protocol.refresh();
      expect(protocol.stored("brought")).toMatchObject({
        unfinished: true,
        outputs: { key: secrets[2], name: "Brought along, again" },
      });
    });

    test("is finished by the next up, and nothing is left to do", async () => {
      const changed = declared("Brought along, again", secrets[3]);
      expect(await protocol.up(changed)).toEqual(["update brought"]);
      expect(await key(id)).toMatchObject({ generation: 2 });
      expect(protocol.stored("brought")).toMatchObject({ unfinished: false, outputs: { key: secrets[3] } });
      expect(await protocol.up(changed)).toEqual([]);
    });

    test("is ended by destroy", async () => {
      await setApiAccess(organization, false);
      await expect(protocol.up(declared("Brought along, at last", secrets[2]))).rejects.toThrow(
        "api_access_disabled: ",
      );
      expect(await key(id)).toMatchObject({ name: "Brought along, at last", generation: 2 });
      await protocol.destroy();
      expect((await key(id)).status).toBe("revoked");
    });
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
    expect(await stack.resource("Resource", "unfinished")).toMatchObject({
      id: "made",
      initErrors: ["it was interrupted"],
    });
    const { text } = await stack.exported();
    expect(text).not.toContain("shown-only-once");
  });

  test("is updated by the next up, and not made again", async () => {
    expect(await stack.apply()).toEqual(["update Resource unfinished"]);
    expect((await stack.outputs()).outputs).toEqual({ id: "made", secret: "shown-only-once", finished: true });
    expect((await stack.resource("Resource", "unfinished")).initErrors).toBeUndefined();
  });

  test("has said what it had to say as a line of information", () => {
    expect(output).toMatch(/^ +said by the provider$/m);
  });
});
