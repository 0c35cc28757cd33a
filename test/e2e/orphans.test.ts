/** What a stack has in the service and doesn't know of: `roster orphans`. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { useRelay, useService, useStack } from "./fixtures.ts";

const service = useService();
const relay = useRelay(service);
const stack = useStack("test/e2e/programs/changes");

beforeAll(() => stack.configure(relay));

/**
 * Waits until the engine has written its state: it does so in place, and killed in the middle it would leave half of it, which no command
 * reads. Meanwhile the relay passes nothing on, so the engine has nothing more to write.
 */
function untilStateIsWritten(): void {
  let before: string;
  let now = "";
  do {
    before = now;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    now = readFileSync(stack.checkpoint, "utf8");
  } while (now === "" || now !== before);
}

/** Kills an update when the service has carried out a create in this collection. */
async function loseCreate(collection: string): Promise<void> {
  const up = stack.start("up", "--yes", "--skip-preview");
  relay.answered = (request) => {
    if (!request.startsWith("POST ") || !request.endsWith(collection)) {
      return "pass on";
    }
    untilStateIsWritten();
    up.kill("SIGKILL");
    return "swallow";
  };
  await once(up, "exit");
  relay.answered = () => "pass on";
}

test("refuses while the stack is locked", async () => {
  await loseCreate("/organizations");
  for (const named of [[], ["--stack", "organization/test"], ["--stack", "organization/stack-under-test/test"]]) {
    const { status, output } = await stack.roster("orphans", "--remove", ...named);
    expect(status).toBe(1);
    expect(output).toBe(
      "roster: the stack test is locked: wait for its update to end. If the update was killed, unlock the stack with `pulumi cancel`.\n",
    );
  }
  await stack.succeed("cancel", "--yes");
});

test("lists a lost create, and destroy and then --remove leave nothing", async () => {
  const [lost] = await service.list("/v1/organizations");
  const listed = await stack.roster("orphans");
  expect(listed.status).toBe(2);
  expect(listed.output).toContain(`lost create      Organization ${lost?.id} (globex), since ${lost?.createdAt}`);
  expect(listed.output).toContain("Orphans: 1, including lost creates: 1.");
  expect(listed.output).toContain("Pending creates in the state: 1.");
  await stack.destroy();
  expect((await service.ask("GET", `/v1/organizations/${lost?.id}`)).body.status).toBe("open");
  const removed = await stack.roster("orphans", "--remove");
  expect(removed.output).toBe(`removed  Organization ${lost?.id} (globex)\nNo orphans are left.\n`);
  expect(removed.status).toBe(0);
  expect((await service.ask("GET", `/v1/organizations/${lost?.id}`)).body.status).toBe("closed");
});

const takesOver = /ApiKey takes over an object that an interrupted update created but did not store: key_/;

test("knows of all that an up has made, and of what the next one takes over", async () => {
  await loseCreate("/api-keys");
  await stack.succeed("cancel", "--yes");
  expect((await stack.roster("orphans")).status).toBe(2);
  const { output: printed } = await stack.succeed("up", "--yes");
  expect(printed.split("Updating (")).toEqual([expect.stringMatching(takesOver), expect.stringMatching(takesOver)]);
  await stack.refresh("--clear-pending-creates");
  const { status, output } = await stack.roster("orphans");
  expect(output).toBe("No orphans: the state contains every object that the stack has in the service.\n");
  expect(status).toBe(0);
});

test("removes what somebody took out of the state by id alone, once that is confirmed", async () => {
  const { id = "", urn } = await stack.resource("ApiKey", "limited");
  await stack.succeed("state", "delete", urn, "--yes");
  const listed = await stack.roster("orphans");
  expect(listed.output).toContain(`not in the state ApiKey ${id} (Limited)`);
  expect(await stack.roster("orphans", "--remove")).toMatchObject({
    status: 2,
    stdout: expect.stringContaining("Orphans left: 1."),
  });
  const unconfirmed = await stack.roster("orphans", "--remove", id);
  expect(unconfirmed.status).toBe(1);
  expect(unconfirmed.output).toContain(
    `the removal of ApiKey ${id} (Limited) can't be confirmed without a terminal: add --yes.`,
  );
  expect((await service.ask("GET", `/v1/api-keys/${id}`)).body.status).toBe("active");
  const removed = await stack.roster("orphans", "--remove", id, "--yes");
  expect(removed.output).toBe(`removed  ApiKey ${id} (Limited)\nNo orphans are left.\n`);
  expect((await service.ask("GET", `/v1/api-keys/${id}`)).body.status).toBe("revoked");
  const unknown = await stack.roster("orphans", "--remove", id);
  expect(unknown.output).toContain(`these ids are not orphans of this stack: ${id}`);
});

test("lets go of what was adopted, and leaves other stacks' objects alone", async () => {
  const organization = await stack.idOf("Organization", "globex");
  const roles = `/v1/organizations/${organization}/roles`;
  const create = { name: "Adopted", permissions: ["flows:read"] };
  const role = (await service.ask("POST", roles, create)).body;
  const externalId = `organization/stack-under-test/test/${"0".repeat(32)}`;
  const adopting = { ...create, permissions: ["flows:run"], externalId, adopt: "unmanaged" };
  await service.ask("POST", roles, adopting);
  const others = {
    name: "Another's",
    permissions: [],
    externalId: `organization/stack-under-test/test/2/${"0".repeat(32)}`,
  };
  await service.ask("POST", roles, others);
  const listed = await stack.roster("orphans");
  expect(listed.output).toContain(`adopted          Role ${role.id} (Adopted)`);
  expect(listed.output).not.toContain("Another's");
  const removed = await stack.roster("orphans", "--remove", String(role.id), "--yes");
  expect(removed.output).toBe(`released Role ${role.id} (Adopted)\nNo orphans are left.\n`);
  expect((await service.ask("GET", `/v1/roles/${role.id}`)).body).toMatchObject({
    permissions: ["flows:read"],
    externalId: null,
  });
});

test("says how it is used, and what is missing", async () => {
  expect(await stack.roster("orphans", "--help")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("Usage: roster orphans"),
  });
  expect((await stack.roster("orphan")).status).toBe(2);
  const { status, output } = await stack.roster("orphans", "--stack", "nowhere");
  expect(status).toBe(1);
  expect(output).toContain("nowhere");
  expect(output).not.toContain(service.token);
});
