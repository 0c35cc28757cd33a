/** What a person is told of a run's cost, on the real engine. */
import { expect, test, vi } from "vitest";
import { useRelay, useService, useStack } from "./fixtures.ts";

const line = /Roster: (\d+) resources, (\d+) requests, (\d+) (?:retry|retries), (\d+\.\d) s throttled/;

const service = useService();
const relay = useRelay(service);
vi.stubEnv("ROSTER_REPORT", "1");
const stack = useStack("test/e2e/programs/kinds", relay);

test("ROSTER_REPORT=1 ends each command with what it has cost", async () => {
  let refused = 0;
  relay.asked = () => {
    refused += 1;
    return refused === 1 ? { status: 429, headers: { "Retry-After": "1" } } : undefined;
  };
  stack.declare([
    { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme" } },
    { kind: "Organization", name: "globex", args: { slug: "globex", name: "Globex" } },
  ]);
  const { output } = await stack.up();
  const [, resources, requests, retries, throttled] = line.exec(output) ?? [];
  expect(resources).toBe("2");
  expect(Number(requests)).toBe(relay.sent + relay.reports.length);
  expect(Number(retries)).toBeGreaterThan(0);
  expect(Number(throttled)).toBeGreaterThan(0.5);
  // The preview asks what has become of the run that has just made them.
  expect((await stack.succeed("preview")).output).toMatch(
    /Roster: 0 resources, 1 request, 0 retries, 0\.0 s throttled/,
  );
});
