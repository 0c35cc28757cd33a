/** `pulumi do` lists what exists, by the ids with which `pulumi import` takes it. */
import { expect, test } from "vitest";
import { serviceIdOf } from "../../../provider/kinds/readable-ids.ts";
import { Client } from "../../../provider/wire/client.ts";
import { readConnection } from "../../../provider/wire/configuration.ts";
import { useService, useStack } from "../fixtures.ts";
import { MadeByHand } from "../made-by-hand.ts";

const service = useService();
const stack = useStack("test/e2e/programs/kinds", service, undefined, { front: "native" });
const organization = new MadeByHand(service, "acme");

interface Listed {
  readonly id: string;
  readonly name: string;
}

/** The command. The CLI finds an executable that is not installed as a plugin only by its path. */
function listing(kind: string, options: readonly string[]): string[] {
  const plugin = "./node_modules/pulumi-roster/bin/pulumi-resource-roster";
  return ["do", "--package", plugin, `roster:index:${kind}`, "list", ...options];
}

async function listed(kind: string, ...options: string[]): Promise<Listed[]> {
  return JSON.parse((await stack.succeed(...listing(kind, options))).stdout);
}

test("every kind that can be listed is, and what is listed can be imported by its id", async () => {
  await organization.make();
  const within = ["--organization", "acme"];
  const all = {
    Organization: await listed("Organization"),
    Role: await listed("Role", ...within),
    User: await listed("User", "--home-organization", organization.id),
    Membership: await listed("Membership", "--organization", organization.id),
    ApiKey: await listed("ApiKey", ...within),
    ApiKeyAssignment: await listed("ApiKeyAssignment", ...within),
    AccessToken: await listed("AccessToken", ...within),
  };
  expect(
    Object.fromEntries(Object.entries(all).map(([kind, items]) => [kind, items.map(({ id }) => id)])),
  ).toMatchInlineSnapshot(`
    {
      "AccessToken": [
        "acme/tokens/Pipeline: \${x}",
      ],
      "ApiKey": [
        "acme/keys/$\${not} an "expansion": yes",
        "acme/keys/Hooks",
        "acme/keys/Ada's",
        "acme/keys/Guest's",
        "acme/keys/Calls",
        "acme/keys/Steward",
      ],
      "ApiKeyAssignment": [
        "acme/keys/$\${not} an "expansion": yes/assignees/ada@acme.example",
        "acme/keys/$\${not} an "expansion": yes/assignees/ada@guest.example",
        "acme/keys/$\${not} an "expansion": yes/assignees/asked@acme.example",
        "acme/keys/$\${not} an "expansion": yes/assignees/Dev@partner.example",
        "acme/keys/Ada's/assignees/robot@acme.example",
        "acme/keys/Guest's/assignees/dev@partner.example",
        "acme/keys/Guest's/assignees/steward@acme.example",
        "acme/keys/Ada's/assignees/late@acme.example",
      ],
      "Membership": [
        "acme/members/ada@acme.example",
        "acme/members/=o'brien+\${x}@acme.example",
        "acme/members/robot@acme.example",
        "acme/members/123@acme.example",
        "acme/members/steward@acme.example",
        "acme/members/gone@acme.example",
        "acme/members/moving@acme.example",
        "acme/members/ada@guest.example",
        "acme/members/asked@acme.example",
        "acme/members/theirs@acme.example",
        "acme/members/late@acme.example",
      ],
      "Organization": [
        "acme",
      ],
      "Role": [
        "acme/roles/Release: "manager" # \${env.ROSTER_VAR_X}",
        "acme/roles/=SUM(A1)",
        "acme/roles/sum-a1",
        "acme/roles/Of another stack",
      ],
      "User": [
        "ada@acme.example",
        "moving@acme.example",
        "=o'brien+\${x}@acme.example",
        "robot@acme.example",
        "123@acme.example",
        "steward@acme.example",
        "gone@acme.example",
        "root@acme.example",
        "theirs@acme.example",
        "late@acme.example",
      ],
    }
  `);
  expect(all.Membership[0]).toEqual({ id: "acme/members/ada@acme.example", name: "ada@acme.example" });
  expect(await listed("ApiKeyAssignment", ...within, "--key", "Ada's")).toHaveLength(2);
  expect(await listed("Role", ...within, "--count", "2")).toEqual(all.Role.slice(0, 2));

  // Each id finds an object of its own, in the order in which the service has them.
  const connection = readConnection(() => undefined, {
    ROSTER_ENDPOINT: service.endpoint,
    ROSTER_TOKEN: service.token,
  });
  const client = new Client(connection);
  for (const [kind, items] of Object.entries(all)) {
    const found = await Promise.all(items.map(({ id }) => serviceIdOf(client, kind, id)));
    expect(found, kind).toEqual([...new Set(found)].toSorted());
  }
});

test.each([
  ["Role", ["--organization", "nobody"], "The Organization nobody does not exist, or roster:token can't read it."],
  ["ApiKeyAssignment", ["--organization", "acme", "--key", "Nothing"], "The ApiKey Nothing does not exist"],
  ["Role", [], 'Missing required input "organization"'],
  ["Role", ["--team", "acme"], "unknown flag: --team"],
])("a list of %s with %j is refused: %s", async (kind, options, message) => {
  await organization.make();
  expect(await stack.fail(...listing(kind, options))).toContain(message);
});

test("a token that may not list what it asks for is told which permission it lacks", async () => {
  await organization.make();
  const [robot] = await service.list("/v1/users?email=robot@acme.example");
  const path = `/v1/organizations/${organization.id}/access-tokens`;
  const reader = { user: robot?.id, name: "Reader", permissions: ["organization:read"] };
  const { token } = await organization.post(path, reader);
  const options = ["--organization", "acme", "--roster:token", String(token)];
  expect(await stack.fail(...listing("ApiKey", options))).toMatch(/permission_denied: .*keys:read/);
});
