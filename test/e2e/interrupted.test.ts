/** What the engine leaves behind when it is stopped in the middle, and how it goes on from there. */
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { useRelay, useService, useStack } from "./fixtures.ts";
import { type Engine, endOf, interrupt, nameOf } from "./stack.ts";

const create = "POST /v1/organizations";

const service = useService();
const relay = useRelay(service);
const stack = useStack("test/e2e/programs/changes", relay);

async function organizations() {
  return service.list("/v1/organizations");
}
async function pendingCreates(): Promise<string[]> {
  const { text } = await stack.exported();
  const { deployment } = JSON.parse(text) as {
    deployment: { pending_operations?: { type: string; resource: { urn: string } }[] };
  };
  return (deployment.pending_operations ?? []).map(({ type, resource }) => `${type} ${nameOf(resource)}`);
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

test("killed after a create was carried out, it leaves its lock and the create pending", async () => {
  const up = stack.start("up", "--yes", "--skip-preview");
  const ended = once(up, "exit");
  relay.answered = (request) => {
    if (request !== create) {
      return "pass on";
    }
    up.kill("SIGKILL");
    return "swallow";
  };
  await ended;
  relay.answered = () => "pass on";
  // What a lock does to whoever comes next is shown below.
  expect(stack.locks).toHaveLength(1);
  await stack.succeed("cancel", "--yes");
  expect(stack.locks).toEqual([]);
  expect(await pendingCreates()).toEqual(["creating globex"]);
});

test("destroyed then, it leaves the object that it doesn't know", async () => {
  await stack.destroy();
  expect(await organizations()).toMatchObject([{ slug: "globex", status: "open" }]);
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
  // It is the object that the killed run had made.
  const [organization, ...others] = await organizations();
  expect(others).toEqual([]);
  expect(await stack.idOf("Organization", "globex")).toBe(organization?.id);
});

test("interrupted while nothing answers, it ends by the deadline", async () => {
  await stack.succeed("config", "set", "roster:timeoutMs", "2000");
  const held = relay.hold("POST");
  const up = stack.startInGroup("up", "--yes", "--skip-preview", "--parallel", "1");
  const end = endOf(up);
  await held.came;
  const sent = relay.requests.length;
  interrupt(up);
  const { status, output } = await end;
  expect(status).not.toBe(0);
  expect(output).toMatch(/no response to POST \S+: the service took too long, 1 attempt in \d+\.\d s/);
  expect(relay.requests.slice(sent)).toEqual([]);
  held.letGo();
  await stack.succeed("config", "rm", "roster:timeoutMs");
});

test("killed while it writes its state, it can leave an empty file beside it: without that, the state is whole", async () => {
  writeFileSync(`${stack.checkpoint}.attrs`, "");
  expect(await stack.fail("preview")).toContain("failed to load checkpoint: EOF");
  rmSync(`${stack.checkpoint}.attrs`);
  // All but the organization, which the state has.
  expect((await stack.apply()).toSorted()).toEqual([
    "create ApiKey brought",
    "create ApiKey limited",
    "create ApiKey made",
    "create ApiKeyAssignment hank-made",
    "create Membership hank",
    "create Role releaser",
    "create User hank",
  ]);
});

test("a pending create stays listed after up has settled it, until refresh is told to forget it", async () => {
  expect(await organizations()).toHaveLength(1);
  expect(await pendingCreates()).toEqual(["creating globex"]);
  await stack.refresh("--clear-pending-creates");
  expect(await pendingCreates()).toEqual([]);
});
