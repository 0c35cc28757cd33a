/** What the engine does with a dynamic provider, that the rest relies on or that people have to know. */
import { beforeAll, describe, expect, test } from "vitest";
import { withoutNulls } from "../../provider/values/property-map.ts";
import { useService, useStack } from "./fixtures.ts";
import { kinds, surroundings, the } from "./kinds.ts";
import { nameOf } from "./stack.ts";

describe("a stack with every kind of resource", () => {
  const service = useService();
  const stack = useStack("test/e2e/programs/kinds");

  let outside = "";

  beforeAll(async () => {
    await stack.configure(service);
    const { body } = await service.ask("POST", "/v1/organizations", { slug: "outside", name: "Outside" });
    outside = String(body.id);
    stack.declare([
      ...surroundings,
      ...kinds.map(({ declaration }) => declaration),
      ...kinds.map(({ declaration: { kind, name } }) => ({ kind, name: `read-${name}`, args: {}, read: the(name) })),
      { kind: "Organization", name: "outside", args: {}, read: outside },
    ]);
    await stack.up();
  });

  test("reads an object of every kind by its id, as the service has it, and without what is shown only once", async () => {
    const { resources } = await stack.exported();
    const outputsOf = (name: string) => resources.find((resource) => nameOf(resource) === name)?.outputs ?? {};
    for (const { path: collection, declaration } of kinds) {
      const read = outputsOf(`read-${declaration.name}`);
      const { body } = await service.ask(
        "GET",
        `${collection}/${await stack.idOf(declaration.kind, declaration.name)}`,
      );
      // What is secret is ciphertext in the state, and of a logo the state has the hash.
      const shared = Object.keys(read).filter((name) => name in body && !["assignees", "logo"].includes(name));
      expect(shared, declaration.kind).toEqual(expect.arrayContaining(["externalId", "createdAt"]));
      const there = withoutNulls(body);
      for (const name of shared) {
        expect(read[name], `${declaration.kind}.${name}`).toEqual(there[name]);
      }
    }
    expect(outputsOf("read-key")).toMatchObject({ keyAvailable: false });
    expect(outputsOf("read-key")).not.toHaveProperty("key");
    expect(outputsOf("read-user").givenName).toBe("Una");
    expect(outputsOf("outside")).toMatchObject({ slug: "outside", name: "Outside", status: "open" });
  });

  test("has where the provider's code is in its state, in at most 100 bytes, and none of the code", async () => {
    const { text, resources } = await stack.exported();
    for (const { declaration } of kinds) {
      const { inputs, outputs } = resources.find((resource) => nameOf(resource) === declaration.name) ?? {};
      const line = `exports.handler=()=>require("pulumi-roster/driver").driver("${declaration.kind}")`;
      expect(inputs?.__provider).toBe(line);
      expect(outputs?.__provider).toBe(line);
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(100);
    }
    // What the serialiser of closures writes.
    expect(text).not.toContain("__f0");
  });

  test("can't take an object in by pulumi import", async () => {
    const { body } = await service.ask("POST", "/v1/organizations", { slug: "imported", name: "Imported" });
    const output = await stack.fail(
      "import",
      "pulumi-nodejs:dynamic/roster:Organization",
      "imported",
      String(body.id),
      "--yes",
      "--skip-preview",
    );
    expect(output).toContain("code must be a string, not undefined");
    expect((await stack.exported()).text).not.toContain(String(body.id));
    expect((await service.ask("GET", `/v1/organizations/${body.id}`)).body.status).toBe("open");
  });

  test("is refreshed and destroyed with the configuration of the last up, where no program runs", async () => {
    await stack.configure({ token: "of-nobody" });
    await stack.refresh();
    const { resources } = await stack.exported();
    const output = await stack.fail("refresh", "--yes", "--skip-preview", "--run-program");
    expect(output).toContain("unauthenticated: ");

    // With the program, the configuration is written down also where it is of no use: back to that of the up.
    await stack.imported((resource) => resources.find(({ urn }) => urn === resource.urn) ?? resource);
    const home = await stack.idOf("Organization", "home");
    await stack.destroy();
    expect((await service.ask("GET", `/v1/organizations/${home}`)).body.status).toBe("closed");
    // What the stack only read is nobody's to end.
    expect((await service.ask("GET", `/v1/organizations/${outside}`)).body.status).toBe("open");
  });
});
