/** What is left of an engine that was killed. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useStack } from "./fixtures.ts";

// Something that takes requests and never answers.
const server = createServer();
const access = { endpoint: "", token: "of-a-test" };

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  access.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

const stack = useStack("test/e2e/programs/kinds", access);

beforeAll(async () => {
  stack.declare([{ kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme" } }]);
  // So long that the deadline isn't what ends the request within the time that the test has.
  await stack.succeed("config", "set", "roster:timeoutMs", "600000");
});

test.each([
  ["", []],
  [" also where it passes its log's options on", ["--logtostderr", "--logflow", "-v=9"]],
])(
  "the provider ends with its engine, and with it the request in flight%s",
  { timeout: 120_000 },
  async (_, options) => {
    const asked = once(server, "connection") as Promise<[Socket]>;
    const up = stack.start("up", "--yes", "--skip-preview", ...options);
    const [request] = await asked;
    await once(request, "data");
    const ended = once(request, "close");
    up.kill("SIGKILL");
    // Where the provider lives on, this never comes, and the test ends by its limit.
    await ended;
    expect(request.destroyed).toBe(true);
    await stack.succeed("cancel", "--yes");
  },
);
