/**
 * What the engine leaves behind when it is stopped in the middle, and how it goes on from there: what the stack has in the service and
 * doesn't know of is shown by `roster orphans`. The tests share one stack and its steps.
 */
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { useRelay, useService, useStack } from "./fixtures.ts";
import { type Declaration, enterprise, the } from "./kinds.ts";
import { type Engine, endOf, frontUnderTest, interrupt } from "./stack.ts";

// Its end would wait for the requests of the providers that are killed.
const service = useService({}, "apart");
const relay = useRelay(service);
const stack = useStack("test/e2e/programs/kinds");

const keyOf = (name: string): Declaration => {
  return { kind: "ApiKey", name, args: { organization: the("globex"), name, kind: "server" } };
};

beforeAll(async () => {
  const args = { slug: "globex", name: "Globex", ...enterprise };
  stack.declare([{ kind: "Organization", name: "globex", args }, keyOf("first"), keyOf("second")]);
  await stack.configure(relay);
});

/** Those that are open. */
async function organizations() {
  return (await service.list("/v1/organizations")).filter(({ status }) => status === "open");
}

function printed({ stdout, stderr }: Engine, text: string): Promise<void> {
  return new Promise((resolve) => {
    let output = "";
    for (const stream of [stdout, stderr]) {
      stream.on("data", (data) => {
        output += data;
        if (output.includes(text)) {
          resolve();
        }
      });
    }
  });
}

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

test("killed after a create was carried out, it leaves its lock, which roster orphans heeds, and the create pending", async () => {
  await loseCreate("/organizations");
  // What a lock does to whoever comes next is shown below.
  expect(stack.locks).toHaveLength(1);
  // The other names of a stack are in test/unit/command-stack.test.ts.
  const { status, output } = await stack.roster("orphans", "--remove", "--stack", "organization/stack-under-test/test");
  expect(status).toBe(1);
  expect(output).toBe(
    "roster: the stack test is locked: wait for its update to end. If the update was killed, unlock the stack with `pulumi cancel`.\n",
  );
  await stack.succeed("cancel", "--yes");
  expect(stack.locks).toEqual([]);
  expect(stack.pendingOperations).toEqual(["creating globex"]);
});

test("a lost create is listed, destroy leaves the object that it doesn't know, and --remove nothing", async () => {
  const [lost] = await service.list("/v1/organizations");
  const listed = await stack.roster("orphans");
  expect(listed.status).toBe(3);
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

test("interrupted as by Ctrl-C, it ends with the request in flight, and writes down what that has made", async () => {
  const held = relay.hold("POST");
  const up = stack.startInGroup("up", "--yes", "--skip-preview");
  const end = endOf(up);
  await held.came;
  // Meanwhile, nobody else gets to work on the stack.
  expect(await stack.fail("up", "--yes", "--skip-preview")).toContain("the stack is currently locked by 1 lock(s)");

  relay.requests.length = 0;
  const cancelling = printed(up, "cancelling");
  interrupt(up);
  await cancelling;
  held.letGo();
  const { status, output } = await end;
  expect(status, output).not.toBe(0);
  expect(relay.requests).toEqual([]);
  const [organization, ...others] = await organizations();
  expect(others).toEqual([]);
  expect(await stack.idOf("Organization", "globex")).toBe(organization?.id);
});

/** Only the plugin is told of the interruption. Otherwise, the deadline ends the request. */
const whyItEnds = {
  dynamic: "the service took too long",
  native: "the update was cancelled before the service answered",
};

test("interrupted while nothing answers, it ends by the deadline, or at once where the provider is told", async () => {
  await stack.succeed("config", "set", "roster:timeoutMs", "2000");
  const held = relay.hold("POST");
  const up = stack.startInGroup("up", "--yes", "--skip-preview", "--parallel", "1");
  const end = endOf(up);
  await held.came;
  const sent = relay.requests.length;
  interrupt(up);
  const { status, output } = await end;
  expect(status).not.toBe(0);
  expect(output).toMatch(
    new RegExp(`no response to POST \\S+: ${whyItEnds[frontUnderTest()]}, 1 attempt in \\d+\\.\\d s`),
  );
  expect(relay.requests.slice(sent)).toEqual([]);
  held.letGo();
  await stack.succeed("config", "rm", "roster:timeoutMs");
});

test("killed while it writes its state, it can leave an empty file beside it: without that, the state is whole", async () => {
  const known = await stack.idOf("Organization", "globex");
  writeFileSync(`${stack.checkpoint}.attrs`, "");
  expect(await stack.fail("preview")).toContain("failed to load checkpoint: EOF");
  rmSync(`${stack.checkpoint}.attrs`);
  await loseCreate("/api-keys");
  await stack.succeed("cancel", "--yes");
  // That run has gone on from the organization.
  expect(await stack.idOf("Organization", "globex")).toBe(known);
});

const takesOver = /ApiKey takes over an object that an interrupted update created but did not store: key_/;

test("T3 the next up takes over what was lost, which its preview says; a pending create stays listed until refresh is told to forget it", async () => {
  const { output: printed } = await stack.succeed("up", "--yes");
  expect(printed.split("Updating (")).toEqual([expect.stringMatching(takesOver), expect.stringMatching(takesOver)]);
  expect(await organizations()).toHaveLength(1);
  expect(stack.pendingOperations).toContain("creating globex");
  await stack.refresh("--clear-pending-creates");
  expect(stack.pendingOperations).toEqual([]);
  const { status, output } = await stack.roster("orphans");
  expect(output).toBe("No orphans: the state contains every object that the stack has in the service.\n");
  expect(status).toBe(0);
});

test("roster orphans removes what somebody took out of the state, and lets go of what was adopted, by id alone, once that is confirmed; other stacks' objects it leaves alone", async () => {
  const { id = "", urn } = await stack.resource("ApiKey", "second");
  await stack.succeed("state", "delete", urn, "--yes");
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
  expect(listed.output).toContain(`not in the state ApiKey ${id} (second)`);
  expect(listed.output).toContain(`adopted          Role ${role.id} (Adopted)`);
  expect(listed.output).not.toContain("Another's");
  expect(await stack.roster("orphans", "--remove")).toMatchObject({
    status: 3,
    stdout: expect.stringContaining("Orphans left: 2."),
  });
  const unconfirmed = await stack.roster("orphans", "--remove", id);
  expect(unconfirmed.status).toBe(1);
  expect(unconfirmed.output).toContain(
    `the removal of ApiKey ${id} (second) can't be confirmed without a terminal: add --yes.`,
  );
  expect((await service.ask("GET", `/v1/api-keys/${id}`)).body.status).toBe("active");

  const { output } = await stack.roster("orphans", "--remove", id, String(role.id), "--yes");
  expect(output.split("\n").toSorted()).toEqual(
    [`removed  ApiKey ${id} (second)`, `released Role ${role.id} (Adopted)`, "No orphans are left.", ""].toSorted(),
  );
  expect((await service.ask("GET", `/v1/api-keys/${id}`)).body.status).toBe("revoked");
  expect((await service.ask("GET", `/v1/roles/${role.id}`)).body).toMatchObject({
    permissions: ["flows:read"],
    externalId: null,
  });
  const unknown = await stack.roster("orphans", "--remove", id);
  expect(unknown.output).toContain(`these ids are not orphans of this stack: ${id}`);
});

test("roster orphans says how it is used, and what is missing", async () => {
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
