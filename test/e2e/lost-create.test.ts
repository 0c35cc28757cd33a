/** Creates whose answer was lost: the engine dies after the service has carried them out. */
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { Relay } from "./relay.ts";
import { Service } from "./service.ts";
import { Stack } from "./stack.ts";

let service: Service;
let relay: Relay;
let stack: Stack;

beforeAll(async () => {
  service = await Service.start();
  relay = await Relay.start(service);
  stack = new Stack(path.join(paths.checkout, "test/e2e/programs/changes"), relay.access);
  await stack.init();
});
afterAll(async () => {
  relay?.stop();
  stack?.remove();
  await service?.stop();
});

test("the next up takes over what was lost, one of each kind in turn", async () => {
  const lost = new Set<string>();
  for (let status: number | null = null; status === null; ) {
    // One at a time, so that each kind has its turn.
    const up = stack.start("up", "--yes", "--skip-preview", "--parallel", "1");
    let output = "";
    up.stdout.on("data", (data) => {
      output += data;
    });
    relay.answered = (request) => {
      const collection = request.split("/").at(-1) ?? "";
      if (!request.startsWith("POST ") || lost.has(collection)) {
        return "pass on";
      }
      lost.add(collection);
      up.kill("SIGKILL");
      return "swallow";
    };
    [status] = (await once(up, "exit")) as [number | null];
    expect(status === null || status === 0, output).toBe(true);
    if (status === null) {
      await stack.succeed("cancel", "--yes");
    }
  }
  expect([...lost].toSorted()).toEqual(["api-keys", "assignments", "members", "organizations", "roles", "users"]);
});

test("all is there once, and works", async () => {
  expect(await stack.preview()).toEqual([]);
  const [organization, ...others] = await service.list("/v1/organizations");
  expect(others).toEqual([]);
  const at = `/v1/organizations/${organization?.id}`;
  expect(await service.list("/v1/users")).toHaveLength(1);
  expect(await service.list(`${at}/members`)).toHaveLength(1);
  expect((await service.list(`${at}/roles`)).filter((role) => role.builtIn === false)).toHaveLength(1);
  expect(await service.list(`${at}/api-keys`)).toHaveLength(3);
  const keys = (await stack.outputs()).keys as Record<string, string>;
  for (const key of Object.values(keys)) {
    const { body } = await service.ask("POST", "/v1/verifications", { secret: key });
    expect(body.outcome).toBe("accepted");
  }
});
