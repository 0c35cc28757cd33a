/** What is left of an engine that was killed. */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { Stack } from "./stack.ts";

const server = createServer();
let stack: Stack;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  stack = new Stack(path.join(paths.checkout, "test/e2e/programs/changes"), {
    endpoint: `http://127.0.0.1:${port}`,
    token: "of-a-test",
  });
  await stack.init();
  // So long that the deadline isn't what ends the request within the time that the test has.
  await stack.succeed("config", "set", "roster:timeoutMs", "600000");
});
afterAll(() => {
  server.close();
  stack?.remove();
});

test("the provider ends with its engine, and with it the request in flight", { timeout: 120_000 }, async () => {
  // Something that takes requests and never answers.
  const asked = once(server, "connection") as Promise<[Socket]>;
  const up = stack.start("up", "--yes", "--skip-preview");
  const [request] = await asked;
  await once(request, "data");
  const ended = once(request, "close");
  up.kill("SIGKILL");
  // Where the provider lives on, this never comes, and the test ends by its limit.
  await ended;
  expect(request.destroyed).toBe(true);
});
