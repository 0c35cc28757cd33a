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

  // With the program, a refresh takes the new one: see changes.test.ts.
  test("is refreshed and destroyed with the configuration of the last up, where no program runs", async () => {
    await stack.configure({ token: "of-nobody" });
    const home = await stack.idOf("Organization", "home");
    const { output } = await stack.succeed("destroy", "--yes", "--skip-preview", "--refresh", "--json");
    expect(output).toMatch(/"op":"refresh","urn":"[^"]*:Organization::home"/);
    expect((await service.ask("GET", `/v1/organizations/${home}`)).body.status).toBe("closed");
    // What the stack only read is nobody's to end.
    expect((await service.ask("GET", `/v1/organizations/${outside}`)).body.status).toBe("open");
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
