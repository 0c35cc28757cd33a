/** The integration tool's SuperAdmin: a person with a system role, who acts as the service owner by logging in. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { useService, useStack } from "../fixtures.ts";
import { setUpAccount, tryLogIn } from "../person.ts";

const [root, second, ada] = ["root@vendor.example", "second@vendor.example", "ada@flows.example"];

const manifest = `name: flows
organization:
  slug: flows
  name: Flows
  subscription: { plan: enterprise, billing: custom }
  features: { externalApiAccess: true }
  settings: { allowExpiringJwt: true }
users:
  second: { email: ${second}, systemRole: super_admin }
  ada: { email: ${ada}, role: administrator }
  caller: { email: caller@flows.example, kind: system, role: api_user }
apiKeys:
  caller: { kind: user, format: jwt, owner: caller, endDate: 2040-01-01 }
`;

describe("the SuperAdmin of an integration tool", () => {
  const service = useService();
  const stack = useStack("test/e2e/programs/administrator");
  const userAt = async (email: string) => (await service.list(`/v1/users?email=${email}`))[0];

  beforeAll(async () => {
    const made = await service.ask("POST", "/v1/users", { email: root, systemRole: "super_admin" });
    expect(made.status).toBe(201);
    await stack.configure({ endpoint: service.endpoint });
    writeFileSync(path.join(stack.folder, "roster.yaml"), manifest);
  });

  /** The tokens of the log-ins that are stored for the stack. */
  function tokens(): string[] {
    const folder = path.join(stack.configurationFolder, "roster/log-ins");
    return readdirSync(folder).map((file) => JSON.parse(readFileSync(path.join(folder, file), "utf8")).token);
  }

  test("A2 refuses a log-in in the browser, and nothing is stored", async () => {
    await setUpAccount(service, root);
    const { status, stdout, output } = await tryLogIn(service, stack, { email: root, decision: "deny" });
    expect([status, stdout, tokens()]).toEqual([1, "", []]);
    expect(output).toContain("the log-in was refused in the browser. Nothing was stored.");
  });

  test("A2 logs in, and is who the stack acts as", async () => {
    const login = { email: root, decision: "approve" } as const;
    const { status, output, stdout } = await tryLogIn(service, stack, { ...login, args: ["--for", "1h"] });
    expect(output).not.toContain("roster: ");
    expect(status).toBe(0);
    expect(stdout).toContain(`Logged in to ${service.endpoint} as ${root}, for 60 minutes, until `);
    const whoami = await stack.roster("whoami", "--json");
    expect(JSON.parse(whoami.stdout)).toMatchObject({
      endpoint: service.endpoint,
      caller: { kind: "user", email: root, accessToken: { name: "of a test" } },
      credential: { source: "log-in" },
    });
    const [token = "none"] = tokens();
    for (const place of [output, whoami.output]) {
      expect(place).not.toContain(token);
    }
  });

  test("A1 A2 E8 E11 X1 M9 creates an organization, what is switched on there, and another SuperAdmin; the token is nowhere but in its file", async () => {
    expect((await stack.roster("whoami")).stdout).toContain("everything, in every organization");
    const up = await stack.up();
    const { text } = await stack.exported("--show-secrets");
    const [token = "none"] = tokens();
    for (const place of [up.output, text, service.log]) {
      expect(place).not.toContain(token);
    }
    const id = await stack.idOf("Organization", "flows");
    expect((await service.ask("GET", `/v1/organizations/${id}`)).body).toMatchObject({
      subscription: { plan: "enterprise" },
      features: { externalApiAccess: true },
    });
    expect(await userAt(second)).toMatchObject({ systemRole: "super_admin", status: "invited" });
    const { caller } = await stack.keys();
    expect(await service.verify(caller)).toMatchObject({ outcome: "accepted" });
    const [entry] = await service.list(`/v1/organizations/${id}/audit-entries?object=${id}`);
    const { id: user } = (await userAt(root)) ?? {};
    expect(entry).toMatchObject({ actor: { kind: "user", id: user, accessToken: expect.stringMatching(/^tok_/) } });
  });

  test("E8 M9 M19 X1 changes what only the vendor may change, and takes a system role back", async () => {
    stack.edit("roster.yaml", ", systemRole: super_admin", ", systemRole: none");
    stack.edit("roster.yaml", "plan: enterprise", "plan: premium");
    stack.edit("roster.yaml", "features: { externalApiAccess: true }", "features: { externalApiAccess: false }");
    stack.edit("roster.yaml", "slug: flows", "slug: flows-group");
    expect((await stack.apply()).toSorted()).toEqual(["update Organization flows", "update User flows-second"]);
    expect(await userAt(second)).toMatchObject({ systemRole: "none" });
    const { caller } = await stack.keys();
    expect(await service.verify(caller)).toMatchObject({ outcome: "refused", reason: "api_access_disabled" });
  });

  test("X1 E6 closes the organization by destroying the stack; a SuperAdmin who loses the role loses the rights", async () => {
    const id = await stack.idOf("Organization", "flows");
    await stack.destroy();
    expect((await service.ask("GET", `/v1/organizations/${id}`)).body).toMatchObject({ status: "closed" });
    expect(await userAt(ada)).toMatchObject({ status: "inactive" });
    const { id: user } = (await userAt(root)) ?? {};
    expect((await service.ask("PATCH", `/v1/users/${user}`, { systemRole: "none" })).status).toBe(200);
    expect((await stack.roster("whoami")).stdout).not.toContain("everything, in every organization");
  });

  test("A2 logs out, and has no token any more, here and on the service", async () => {
    const [token = "none"] = tokens();
    const ask = () => fetch(`${service.endpoint}/v1/self`, { headers: { authorization: `Bearer ${token}` } });
    expect((await ask()).status).toBe(200);
    expect(await stack.roster("logout")).toMatchObject({
      status: 0,
      output: `Logged out of ${service.endpoint} (${root}).\n`,
    });
    expect([(await ask()).status, tokens()]).toEqual([401, []]);
    const { status, output } = await stack.roster("whoami");
    expect(status).toBe(1);
    expect(output).toContain(`you are not logged in to ${service.endpoint}`);
  });
});
