/** Runs of the engine in which things go wrong, many at once; what each printed is looked at in printed-errors.test.ts. */
import { ScriptedServer } from "../unit/scripted-server.ts";
import { diagnosticsOf } from "./printed.ts";
import {
  againAndChanged,
  asSteward,
  base,
  clientSecret,
  clientSecrets,
  misbehave,
  misbehaving,
  wrongInput,
} from "./printed-declarations.ts";
import { type Access, nowhere, Service } from "./service.ts";
import { nameOf, Stack } from "./stack.ts";

/** What one resource's problem was printed as in one of the runs. */
export interface Printed {
  /** What was run, such as `preview of wrong inputs`. */
  readonly run: string;
  /** Its kind and name, or `Stack`. */
  readonly resource: string;
  readonly text: string;
}

/** What all runs printed. */
export interface Prints {
  readonly printed: Printed[];
  /** Everything, as it came. */
  readonly outputs: string[];
  /** What none of it may hold. */
  readonly secrets: string[];
}

const program = "test/e2e/programs/kinds";

async function withStack(
  prints: Prints,
  folder: string,
  access: Access | undefined,
  work: (stack: Stack, fail: (run: string, ...args: string[]) => Promise<void>) => Promise<void>,
): Promise<void> {
  const stack = new Stack(folder, access);
  prints.secrets.push(...(access === undefined ? [] : [access.token]));
  try {
    await stack.init();
    await work(stack, async (run, ...args) => {
      const output = await stack.fail(...args);
      prints.outputs.push(output);
      for (const [resource, text] of diagnosticsOf(output, stack.folder)) {
        prints.printed.push({ run, resource, text });
      }
    });
  } finally {
    stack.remove();
  }
}

const up = ["up", "--yes", "--skip-preview", "--continue-on-error"] as const;

/** Runs everything, and fails where something succeeds that should not. */
export async function printAll(): Promise<Prints> {
  const prints: Prints = { printed: [], outputs: [], secrets: [] };
  // Together: most of a run is waiting for processes to start.
  await Promise.all([printWithoutService(prints), printRefusals(prints), printMisbehaviour(prints)]);
  return prints;
}

/** What is refused before anything is asked of a service. */
async function printWithoutService(prints: Prints): Promise<void> {
  await withStack(prints, program, undefined, async (stack, fail) => {
    stack.declare(base);
    const token = "a token-with a-space";
    prints.secrets.push(token);
    await stack.configure({ endpoint: nowhere.endpoint });
    // The others are printed in the same way; their words are in test/unit/configuration.test.ts.
    await fail("roster:token is wrong", "preview", "--config", `roster:token=${token}`);
    await stack.configure({ token: nowhere.token });
    await stack.succeed("config", "set", "roster:timeoutMs", "2000");
    prints.secrets.push(...clientSecrets);
    stack.declare([wrongInput]);
    await fail(`wrong inputs of ${wrongInput.kind}`, "preview");
  });
  await withStack(prints, "examples/acme", nowhere, async (stack, fail) => {
    stack.edit("roster.yaml", "role: editor", "role: editr");
    stack.edit("roster.yaml", "kind: server", "kind: sever");
    stack.edit("roster.yaml", "    invite: false", '    invite: "no"\n    colour: red');
    await fail("a wrong manifest", "preview");
  });
}

/** What the reference service refuses. */
async function printRefusals(prints: Prints): Promise<void> {
  const service = new Service({ ROSTER_CONTACT_URL: "https://vendor.example/contact" });
  try {
    await service.start();
    await withStack(prints, program, service, async (stack, fail) => {
      stack.declare(base);
      await stack.up();
      const { steward, desk } = await interfere(service, stack);
      prints.secrets.push(steward, ...clientSecrets);

      await stack.configure({ token: steward });
      await stack.succeed("config", "set", "roster:timeoutMs", "5000");
      stack.declare(asSteward(desk));
      await fail("a steward's up", ...up);

      await stack.succeed("config", "rm", "roster:token");
      stack.declare(againAndChanged);
      await fail("the service owner's up", ...up);
      // What is half changed is kept in the state, and its secrets with it.
      prints.outputs.push((await stack.exported()).text);
      stack.declare(base);
      await fail(
        "the service owner's destroy",
        "destroy",
        "--yes",
        "--skip-preview",
        "--continue-on-error",
        "--run-program",
      );
    });
  } finally {
    await service.stop();
  }
}

/** What other people do between the first `up` and the second. @returns a steward's key, and of which organization */
async function interfere(service: Service, stack: Stack): Promise<{ readonly steward: string; readonly desk: string }> {
  const { resources } = await stack.exported();
  const named = (name: string) => {
    const found = resources.find((resource) => nameOf(resource) === name);
    if (found?.id === undefined) {
      throw new Error(`no ${name} in the state`);
    }
    return { urn: found.urn, id: found.id };
  };
  const id = (name: string) => named(name).id;
  const ask = async (method: string, pathname: string, body?: object) => {
    const reply = await service.ask(method, pathname, body);
    if (reply.status >= 400) {
      throw new Error(`${method} ${pathname} is refused: ${JSON.stringify(reply.body)}`);
    }
    return reply.body;
  };
  const [acme, small, desk] = [id("acme"), id("small"), id("desk")];
  await ask("POST", "/v1/organizations", { slug: "taken", name: "Taken" });
  await ask("POST", `/v1/organizations/${acme}/roles`, { name: "Taken", permissions: ["flows:read"] });
  await ask("POST", `/v1/organizations/${acme}/api-keys`, { name: "Taken", kind: "server" });
  // A member with a key, whom the program doesn't declare.
  await ask("POST", "/v1/users", { email: "taken@acme.example", kind: "system" });
  const member = await ask("POST", "/v1/users", { email: "member@acme.example", kind: "system" });
  await ask("POST", `/v1/organizations/${acme}/members`, { user: member.id, role: "viewer" });
  await ask("POST", `/v1/api-keys/${id("spare")}/assignments`, { user: member.id });
  await ask("POST", `/v1/organizations/${small}/members`, { user: id("robot"), role: "viewer" });
  await ask("PATCH", `/v1/roles/${id("edited")}`, { permissions: ["data:edit"] });
  await ask("PATCH", `/v1/roles/${id("elsewhere")}`, { externalId: "another/stack/role" });
  await ask("POST", `/v1/organizations/${acme}/members`, { user: id("administrator"), role: id("given") });
  await ask("DELETE", `/v1/roles/${id("vanished")}`);
  await ask("DELETE", `/v1/organizations/${id("closing")}`);
  await ask("DELETE", `/v1/api-keys/${id("revoked")}`);
  for (const name of ["rotated", "half"]) {
    const secret = clientSecret(`somebody-elses-secret-of-${name}`);
    await ask("POST", `/v1/api-keys/${id(name)}/rotations`, { generation: 2, secret });
    await ask("POST", "/v1/verifications", { secret });
  }
  const [first, second] = [clientSecret("first-secret-of-held"), clientSecret("somebody-elses-secret-of-held")];
  const held = { generation: 2, overlap: "1h", holdWhileUsed: "1h", secret: second };
  await ask("POST", `/v1/api-keys/${id("held")}/rotations`, held);
  for (const secret of [first, second]) {
    await ask("POST", "/v1/verifications", { secret });
  }
  // What a refresh would write down: that somebody has rotated it, and not that the secret before is in use.
  await stack.imported((resource) =>
    resource.id === id("held") ? { ...resource, inputs: { ...resource.inputs, __target: 3 } } : resource,
  );
  // Its state is lost, and somebody has changed it since: it can't be taken over.
  await ask("PATCH", `/v1/roles/${id("forgotten")}`, { permissions: ["data:edit"] });
  await stack.succeed("state", "delete", named("forgotten").urn, "--yes");
  // The steward's key can only be made while the organization has access to the API.
  await ask("PATCH", `/v1/organizations/${desk}`, { features: { externalApiAccess: true } });
  const made = await ask("POST", `/v1/organizations/${desk}/api-keys`, {
    name: "Steward",
    kind: "user",
    owner: id("steward"),
  });
  await ask("PATCH", `/v1/organizations/${desk}`, { features: { externalApiAccess: false } });
  return { steward: String(made.key), desk };
}

/** What only a service that misbehaves answers: the reference service can't be made to. */
async function printMisbehaviour(prints: Prints): Promise<void> {
  const server = await ScriptedServer.answering(misbehave);
  const access = { endpoint: server.endpoint, token: "the-token-of-a-scripted-server" };
  try {
    await withStack(prints, program, access, async (stack, fail) => {
      await stack.succeed("config", "set", "roster:timeoutMs", "8000");
      // Each is to get an answer of its own.
      await stack.succeed("config", "set", "roster:batching", "false");
      stack.declare(misbehaving);
      await fail("a service that misbehaves", ...up);
    });
  } finally {
    await server.stop();
  }
}
