/** Creates whose answer was lost: the engine dies after the service has carried them out. */
import { once } from "node:events";
import { expect, test } from "vitest";
import { useRelay, useService, useStack } from "./fixtures.ts";

const service = useService();
const relay = useRelay(service);
const stack = useStack("test/e2e/programs/changes", relay);

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
  const keys = await stack.keys();
  for (const key of Object.values(keys)) {
    expect((await service.verify(key)).outcome).toBe("accepted");
  }
});
