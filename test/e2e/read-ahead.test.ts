/**
 * The refresh of many separate resources, on the real engine: the service is asked for all of them at once, and a person is told what
 * a run has cost.
 */
import { afterAll, expect, test, vi } from "vitest";
import { useRelay, useService, useStack } from "./fixtures.ts";
import { type Declaration, enterprise, the } from "./kinds.ts";

const line = /Roster: (\d+) resources?, (\d+) requests?, (\d+) (?:retry|retries), (\d+\.\d) s throttled/;

const each = 12;
const service = useService();
const relay = useRelay(service);
vi.stubEnv("ROSTER_REPORT", "1");
afterAll(() => {
  vi.unstubAllEnvs();
});
const stack = useStack("test/e2e/programs/kinds", relay);

/** Some of every kind, in two organizations. */
const declarations: Declaration[] = ["acme", "globex"].flatMap((slug) => [
  { kind: "Organization", name: slug, args: { slug, name: slug, ...enterprise } },
  ...Array.from({ length: each }, (_, at): Declaration[] => [
    {
      kind: "User",
      name: `${slug}-user-${at}`,
      args: { email: `user-${at}@${slug}.example`, kind: "system", homeOrganization: the(slug) },
    },
    {
      kind: "Membership",
      name: `${slug}-member-${at}`,
      args: { organization: the(slug), user: the(`${slug}-user-${at}`), role: "viewer" },
    },
    {
      kind: "Role",
      name: `${slug}-role-${at}`,
      args: { organization: the(slug), name: `Role ${at}`, permissions: [] },
    },
    { kind: "ApiKey", name: `${slug}-key-${at}`, args: { organization: the(slug), name: `Key ${at}`, kind: "server" } },
  ]).flat(),
]);

/** What a command has cost, as it says in its end. */
function costOf(output: string) {
  const [, ...numbers] = line.exec(output) ?? [];
  const [resources, requests, retries, throttledSeconds] = numbers.map(Number);
  return { resources, requests, retries, throttledSeconds };
}

test("ROSTER_REPORT=1 ends each command with what it has cost", { timeout: 300_000 }, async () => {
  let refused = 0;
  relay.asked = () => {
    refused += 1;
    return refused === 1 ? { status: 429, headers: { "Retry-After": "1" } } : undefined;
  };
  stack.declare(declarations);
  const { resources, requests, retries, throttledSeconds } = costOf((await stack.up()).output);
  expect(resources).toBe(declarations.length);
  expect(requests).toBe(relay.sent + relay.reports.length);
  expect(retries).toBeGreaterThan(0);
  expect(throttledSeconds).toBeGreaterThan(0.5);
});

test("a refresh sees what was changed and what has ended since, and takes a request for a hundred of them, and a few", {
  timeout: 300_000,
}, async () => {
  await service.ask("PATCH", `/v1/roles/${await stack.idOf("Role", "acme-role-1")}`, { permissions: ["roles:read"] });
  await service.ask("DELETE", `/v1/api-keys/${await stack.idOf("ApiKey", "globex-key-2")}`);
  const { output } = await stack.succeed("up", "--yes", "--refresh", "--diff");
  expect(output).toMatch(/Resources:\n +~ 1 updated\n +\+-1 replaced\n +2 changes\. /);
  const [previewed = "", updated = ""] = output.split("Updating (");
  for (const part of [previewed, updated]) {
    expect(part).toMatch(/acme-role-1\b/);
    expect(part).toMatch(/globex-key-2\b/);
    expect(costOf(part).requests).toBeLessThanOrEqual(declarations.length / 1000 + 12);
  }
});
