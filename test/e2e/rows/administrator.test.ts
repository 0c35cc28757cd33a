/** The integration tool's Administrator, from the mailed invitation to the end of the stack. She acts by logging in. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { useService, useStack } from "../fixtures.ts";
import { logIn, setUpAccount } from "../person.ts";

const [ada, edsger, olga, vera] = ["ada", "edsger", "olga", "vera"].map((name) => `${name}@flows.example`);

const manifest = `name: flows
organization: { existing: flows }
roles:
  night-shift: { permissions: [flows:read, flows:run] }
users:
  edsger: { email: ${edsger}, role: editor }
  olga: { email: ${olga}, role: operator }
  vera: { email: ${vera}, role: night-shift }
  caller: { email: caller@flows.example, kind: system, role: api_user }
  pipeline: { email: pipeline@flows.example, kind: system, role: administrator }
apiKeys:
  caller: { kind: user, format: jwt, owner: caller }
accessTokens:
  pipeline: { user: pipeline, permissions: [members:read] }
`;

describe("the Administrator of an integration tool", () => {
  const service = useService();
  const stack = useStack("test/e2e/programs/administrator");
  let id = "";
  const declare = (text: string) => writeFileSync(path.join(stack.folder, "roster.yaml"), text);
  const userAt = async (email: string | undefined) => (await service.list(`/v1/users?email=${email}`))[0];
  /** What the service answers somebody else. */
  async function ask(token: string | undefined, place: string): Promise<{ status: number; items?: object[] }> {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${service.endpoint}/v1/organizations/${id}/${place}`, { headers });
    return { status: response.status, ...((await response.json()) as object) };
  }

  beforeAll(async () => {
    const flows = { slug: "flows", name: "Flows", subscription: { plan: "enterprise" } };
    const made = await service.ask("POST", "/v1/organizations", { ...flows, features: { externalApiAccess: true } });
    id = String(made.body.id);
    const invitation = { email: ada, role: "administrator", onUnknownUser: "invite" };
    expect((await service.ask("POST", `/v1/organizations/${id}/members`, invitation)).status).toBe(201);
    await stack.configure({ endpoint: service.endpoint });
  });

  test("E1 E2 E3 E8 E9 E10 E14 A3 users get invitations, an API user a JWT, and a robot a token", async () => {
    await setUpAccount(service, String(ada));
    await logIn(service, stack, String(ada));
    declare(manifest);
    await stack.up();
    await setUpAccount(service, String(edsger));
    await setUpAccount(service, String(vera));
    expect((await stack.outputs()).members).toMatchObject({
      ...{ [String(ada)]: "administrator, active", [String(edsger)]: "editor, active" },
      ...{ [String(olga)]: "operator, active", "caller@flows.example": "api_user, active" },
    });
    expect(await userAt(edsger)).toMatchObject({ status: "active" });
    expect(await userAt(olga)).toMatchObject({ status: "invited" });
    expect((await stack.succeed("stack", "output")).stdout).toMatch(/keys +\[secret\]\n.*tokens +\[secret\]/s);

    const [{ caller }, { tokens }] = [await stack.keys(), (await stack.outputs()) as { tokens: { pipeline: string } }];
    expect(await service.verify(caller, { api: "orders" })).toMatchObject({ outcome: "accepted" });
    expect(await ask(caller, "messages")).toMatchObject({ status: 200, items: [{ api: "orders" }] });
    expect((await ask(caller, "members")).status).toBe(403);
    expect((await ask(tokens.pipeline, "members")).status).toBe(200);
    expect((await ask(tokens.pipeline, "api-keys")).status).toBe(403);
  });

  test("E4 E5 E6 E7 E11 E12 users and keys are changed, and a JWT has no end date", async () => {
    const { caller: before } = await stack.keys();
    const first = await service.mailedLink(String(olga));
    stack.edit("roster.yaml", "role: operator", "role: operator, resendInvite: 1");
    stack.edit("roster.yaml", "role: editor", "role: editor, state: inactive");
    stack.edit("roster.yaml", "role: night-shift", "role: viewer, givenName: Vera, resetPassword: 1");
    const jwt = "kind: user, format: jwt, owner: caller";
    stack.edit("roster.yaml", jwt, `${jwt}, rotate: 1, rotation: { overlap: "0s" }`);
    stack.edit("roster.yaml", "accessTokens:", `  brief: { ${jwt}, endDate: 2040-01-01 }\naccessTokens:`);
    const { output } = await stack.run("up", "--yes", "--skip-preview", "--refresh", "--continue-on-error");
    expect(output).toContain("allowExpiringJwt");
    expect(output).toMatch(/~ 5 updated\n/);
    expect((await service.browser().get(first)).statusCode).toBe(410);
    await setUpAccount(service, String(olga), 2);
    expect(await userAt(edsger)).toMatchObject({ status: "inactive" });
    expect((await service.browser().logIn(String(edsger))).statusCode).not.toBe(303);
    expect(await userAt(vera)).toMatchObject({ givenName: "Vera", status: "active" });
    expect((await service.mailsTo(String(vera), 2)).at(-1)).toContain("password");
    expect((await service.rolesIn(id))[String(vera)]).toBe("viewer");
    const after = await stack.plaintextOf("ApiKey", "flows-caller", "key");
    expect(await service.verify(before)).toMatchObject({ outcome: "refused", reason: "revoked" });
    expect(await service.verify(after)).toMatchObject({ outcome: "accepted" });
  });

  test("E6 E13 a user is brought back, a key revoked, a robot's token ended", async () => {
    const [caller, token] = [
      await stack.plaintextOf("ApiKey", "flows-caller", "key"),
      await stack.plaintextOf("AccessToken", "flows-pipeline", "token"),
    ];
    stack.edit("roster.yaml", "role: editor, state: inactive", "role: editor");
    stack.edit("roster.yaml", "  brief: { kind: user, format: jwt, owner: caller, endDate: 2040-01-01 }\n", "");
    stack.edit("roster.yaml", "kind: user, format: jwt", "kind: user, state: revoked, format: jwt");
    stack.edit("roster.yaml", "accessTokens:\n  pipeline: { user: pipeline, permissions: [members:read] }\n", "");
    expect((await stack.apply("--refresh")).toSorted()).toEqual([
      "delete AccessToken flows-pipeline",
      "update ApiKey flows-caller",
      "update User flows-edsger",
    ]);
    expect((await service.browser().logIn(String(edsger))).statusCode).toBe(303);
    expect(await service.verify(caller)).toMatchObject({ outcome: "refused", reason: "revoked" });
    expect((await ask(token, "members")).status).toBe(401);
  });

  // That an Editor may not manage users is in test/protocol/rights.test.ts.
  test("E6 destroying the stack deactivates its users, and keeps their records", async () => {
    await stack.destroy();
    const users = await service.list("/v1/users");
    expect(users.filter(({ status }) => status === "active").map(({ email }) => email)).toEqual([ada]);
    expect(users).toHaveLength(6);
  });
});
