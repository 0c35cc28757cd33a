/** What the engine does with a dynamic provider, that the rest relies on or that people have to know. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { kinds, surroundings } from "./kinds.ts";
import { Service } from "./service.ts";
import { Stack } from "./stack.ts";

describe("a stack with every kind of resource", () => {
  let service: Service;
  let stack: Stack;

  beforeAll(async () => {
    service = await Service.start();
    stack = new Stack(path.join(paths.checkout, "test/e2e/programs/kinds"));
    await stack.init();
    await stack.succeed("config", "set", "roster:endpoint", service.endpoint);
    await stack.succeed("config", "set", "--secret", "roster:token", service.token);
    const declarations = [...surroundings, ...kinds.map(({ declaration }) => declaration)];
    writeFileSync(path.join(stack.folder, "resources.json"), JSON.stringify(declarations));
    await stack.up();
  });
  afterAll(async () => {
    stack?.remove();
    await service?.stop();
  });

  test("has where the provider's code is in its state, in at most 100 bytes, and none of the code", async () => {
    const { text, resources } = await stack.exported();
    for (const { declaration } of kinds) {
      const { inputs, outputs } = resources.find(({ urn }) => urn.endsWith(`::${declaration.name}`)) ?? {};
      const line = `exports.handler=()=>require("pulumi-roster/driver").driver("${declaration.kind}")`;
      expect(inputs?.__provider).toBe(line);
      expect(outputs?.__provider).toBe(line);
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(100);
    }
    // What the serialiser of closures writes.
    expect(text).not.toContain("__f0");
  });

  test("refuses a deadline that is out of bounds, before anything is asked", async () => {
    await stack.succeed("config", "set", "roster:timeoutMs", "10");
    const { status, output } = await stack.run("preview");
    expect(status).not.toBe(0);
    expect(output).toContain('roster:timeoutMs is "10": it takes whole milliseconds from 1000 to 600000.');
    await stack.succeed("config", "rm", "roster:timeoutMs");
  });

  test("can't take an object in by pulumi import", async () => {
    const { body } = await service.ask("POST", "/v1/organizations", { slug: "imported", name: "Imported" });
    const { status, output } = await stack.run(
      "import",
      "pulumi-nodejs:dynamic/roster:Organization",
      "imported",
      String(body.id),
      "--yes",
      "--skip-preview",
    );
    expect(status, output).not.toBe(0);
    expect(output).toContain("Cannot read properties of undefined (reading 'toJavaScript')");
    expect((await stack.exported()).text).not.toContain(String(body.id));
    expect((await service.ask("GET", `/v1/organizations/${body.id}`)).body.status).toBe("open");
  });

  test("is refreshed and destroyed with the configuration of the last up, where no program runs", async () => {
    const setToken = (token: string) => stack.succeed("config", "set", "--secret", "roster:token", token);
    await setToken("of-nobody");
    await stack.succeed("refresh", "--yes", "--skip-preview");
    const { status, output } = await stack.run("refresh", "--yes", "--skip-preview", "--run-program");
    expect(status).not.toBe(0);
    expect(output).toContain("unauthenticated: ");

    await setToken(service.token);
    await stack.up();
    const home = await stack.idOf("Organization", "home");
    await setToken("of-nobody");
    await stack.succeed("destroy", "--yes", "--skip-preview");
    expect((await service.ask("GET", `/v1/organizations/${home}`)).body.status).toBe("closed");
  });
});
