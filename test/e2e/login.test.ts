/** A person logs in from a command, and a stack without a token acts as that person: on the real engine, with the service's pages. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";
import { setUpAccount, tryLogIn } from "./person.ts";

const email = "ada@acme.example";

describe("A2 a person who logs in", () => {
  const service = useService();
  const stack = useStack("test/e2e/programs/kinds");
  let organization = "";

  beforeAll(async () => {
    const acme = await service.ask("POST", "/v1/organizations", {
      slug: "acme",
      name: "Acme Inc.",
      subscription: { plan: "enterprise" },
    });
    organization = String(acme.body.id);
    const members = `/v1/organizations/${organization}/members`;
    const invited = await service.ask("POST", members, { email, role: "administrator", onUnknownUser: "invite" });
    expect([acme.status, invited.status]).toEqual([201, 201]);
    await stack.configure({ endpoint: service.endpoint });
  });

  function tokens(): string[] {
    const folder = path.join(stack.configurationFolder, "roster/log-ins");
    return readdirSync(folder).map((file) => JSON.parse(readFileSync(path.join(folder, file), "utf8")).token);
  }

  test("and refuses, gets nothing", async () => {
    await setUpAccount(service, email);
    const { status, stdout, output } = await tryLogIn(service, stack, { email, decision: "deny" });
    expect([status, stdout, tokens()]).toEqual([1, "", []]);
    expect(output).toContain("the log-in was refused in the browser. Nothing was stored.");
  });

  test("A1 A2 manages the organization as themselves, and the token is nowhere but in its file", async () => {
    const { status, output, stdout } = await tryLogIn(service, stack, {
      email,
      decision: "approve",
      args: ["--for", "1h"],
    });
    expect(output).not.toContain("roster: ");
    expect(status).toBe(0);
    expect(stdout).toContain(`Logged in to ${service.endpoint} as ${email}, for 60 minutes, until `);
    expect(stdout).toContain("  acme  administrator (Acme Inc.)\n");
    const [token = "none"] = tokens();
    stack.declare([
      { kind: "Role", name: "releaser", args: { organization, name: "Releaser", permissions: ["flows:read"] } },
    ]);
    const up = await stack.up();
    const { text } = await stack.exported("--show-secrets");
    for (const place of [output, up.output, text, service.log]) {
      expect(place).not.toContain(token);
    }
    const role = await stack.idOf("Role", "releaser");
    const entries = await service.list(`/v1/organizations/${organization}/audit-entries`);
    expect(entries.find(({ object }) => (object as { id: string }).id === role)).toMatchObject({
      actor: { kind: "user", accessToken: expect.stringMatching(/^tok_/) },
    });
    const whoami = await stack.roster("whoami", "--json");
    expect(JSON.parse(whoami.stdout)).toMatchObject({
      endpoint: service.endpoint,
      caller: { kind: "user", email, accessToken: { name: "of a test" } },
      credential: { source: "log-in" },
      organizations: [{ id: organization, slug: "acme", role: "administrator" }],
    });
    expect(whoami.output).not.toContain(token);
  });

  test("and logs out, has no token any more, here and on the service", async () => {
    const [token = "none"] = tokens();
    const ask = () => fetch(`${service.endpoint}/v1/self`, { headers: { authorization: `Bearer ${token}` } });
    expect((await ask()).status).toBe(200);
    expect(await stack.roster("logout")).toMatchObject({
      status: 0,
      output: `Logged out of ${service.endpoint} (${email}).\n`,
    });
    expect([(await ask()).status, tokens()]).toEqual([401, []]);
    const { status, output } = await stack.roster("whoami");
    expect(status).toBe(1);
    expect(output).toContain(`you are not logged in to ${service.endpoint}`);
  });
});
