/** Secret arguments of every kind: what the program marks as secret is plain nowhere but in the service. */
import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";
import { enterprise, the } from "./kinds.ts";

const secret = (value: string) => ({ $secret: value });

/** Each marked value has a word of its own to be found by, in the cases in which a service might change them. */
const declarations = [
  {
    kind: "Organization",
    name: "organization",
    args: {
      slug: secret("hush-slug"),
      name: secret("Hush-Organization"),
      websiteUrl: secret("https://hush-website.example"),
      ...enterprise,
    },
  },
  {
    kind: "Role",
    name: "role",
    args: { organization: the("organization"), name: secret("Hush-Role"), permissions: ["flows:read"] },
  },
  {
    kind: "User",
    name: "user",
    args: {
      email: secret("Hush-Address@Secret.example"),
      givenName: secret("Hush-Given"),
      familyName: secret("Hush-Family"),
      kind: "system",
      homeOrganization: the("organization"),
    },
  },
  {
    kind: "Membership",
    name: "membership",
    args: {
      organization: the("organization"),
      email: secret("hush-address@secret.example"),
      role: secret("viewer"),
    },
    after: ["user"],
  },
  {
    kind: "ApiKey",
    name: "key",
    args: {
      organization: the("organization"),
      name: secret("Murmur"),
      kind: "webapi",
      secret: `hush-secret-of-a-client-${randomBytes(32).toString("hex")}`,
    },
  },
  {
    kind: "ApiKeyAssignment",
    name: "assignment",
    args: { key: the("key"), email: secret("HUSH-address@secret.example") },
    after: ["membership"],
  },
];

describe("secret arguments", () => {
  const service = useService();
  const stack = useStack("test/e2e/programs/kinds", service);

  beforeAll(() => declare());

  function declare(change: (text: string) => string = (text) => text): void {
    stack.declare(JSON.parse(change(JSON.stringify(declarations))));
  }
  /** What the engine prints and keeps must not have. A ciphertext, of letters and digits, may have the word alone. */
  function expectNoSecret(text: string): void {
    expect(text.match(/.*hush[- ].*/gi)).toBeNull();
  }

  test("are sent to the service as they are, and are ciphertext in the state", async () => {
    // With what it shows before its steps, as a preview does.
    expectNoSecret((await stack.succeed("up", "--yes", "--diff")).output);
    expectNoSecret((await stack.exported()).text);
    expectNoSecret(service.log);
    const [organization] = await service.list("/v1/organizations");
    expect(organization).toMatchObject({ slug: "hush-slug", name: "Hush-Organization" });
    expect(await service.list("/v1/users")).toMatchObject([{ givenName: "Hush-Given", familyName: "Hush-Family" }]);
  });

  test("T6 are secret in an output of another name that repeats them", async () => {
    const { outputs } = await stack.resource("ApiKey", "key");
    for (const output of [outputs?.name, outputs?.displayName]) {
      expect(output).toMatchObject({ ciphertext: expect.any(String) });
    }
  });

  test("stay so when somebody else has changed some and one is refused, through refresh and up", async () => {
    const organization = `/v1/organizations/${await stack.idOf("Organization", "organization")}`;
    await service.ask("PATCH", organization, { name: "Hush-Other", websiteUrl: null });
    await service.ask("POST", "/v1/users", { email: "hush-other@secret.example", invite: false });
    declare((text) => text.replace("Hush-Address@Secret.example", "Hush-Other@Secret.example"));
    // With what the refresh finds.
    const output = await stack.fail("up", "--yes", "--skip-preview", "--refresh", "--diff", "--continue-on-error");
    expectNoSecret(output);
    expect(output).toContain("email_taken: ");
    // Beside the user there is the organization to be put right, and nothing else.
    expect(output).toMatch(/^ +~ 1 updated$/m);
    expect((await service.ask("GET", organization)).body).toMatchObject({
      name: "Hush-Organization",
      websiteUrl: "https://hush-website.example",
    });
    expectNoSecret((await stack.exported()).text);
  });

  test("are in no preview as JSON, nor in a refusal of the provider's", async () => {
    // The last one, so that the organization's change is previewed.
    declare((text) =>
      text.replace("HUSH-address@secret.example", "hush address").replace("Hush-Organization", "Hush-Other"),
    );
    const output = await stack.fail("preview", "--json");
    expect(output).toMatch(/"op": "update",\s+"urn": "[^"]+::organization"/);
    expect(output).toContain("'assignment' has a problem: email: ");
    expectNoSecret(output);
  });
});
