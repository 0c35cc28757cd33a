/** examples/typescript on the real engine: a component, a look-up, and a stack for each environment. */
import { describe, expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";

describe("examples/typescript", () => {
  const service = useService();
  const stack = useStack("examples/typescript", service, "staging");

  test("from nothing to an empty second preview", async () => {
    await stack.up();
    expect(await stack.preview()).toEqual([]);
    const outputs = await stack.outputs();
    expect(outputs.release).toMatch(/^[0-9a-f]{8}$/);
    expect(outputs.members).toContainEqual({ email: "ada@acme-staging.example", role: "administrator" });
    expect(outputs.members).toHaveLength(6);
  });

  test("the stack's own configuration is what is made", async () => {
    const [organization] = await service.list("/v1/organizations");
    expect(organization).toMatchObject({ slug: "acme-staging", websiteUrl: "https://staging.acme.example" });
    const key = await service.ask("GET", `/v1/api-keys/${await stack.idOf("ApiKey", "storefront")}`);
    expect(key.body.endDate).toBe("2030-12-31");
  });

  test("A3 the pipeline's token manages members, and nothing else", async () => {
    const { keys } = (await stack.outputs()) as { keys: { pipeline: string } };
    const organization = await stack.idOf("Organization", "acme");
    const ask = async (path: string) => {
      const headers = { authorization: `Bearer ${keys.pipeline}` };
      return (await fetch(`${service.endpoint}/v1/organizations/${organization}/${path}`, { headers })).status;
    };
    expect([await ask("members"), await ask("api-keys")]).toEqual([200, 403]);
  });

  test("the children of two components are told apart in the service", async () => {
    const users = await service.list("/v1/users");
    expect(new Set(users.map((user) => user.externalId)).size).toBe(users.length);
  });

  test("destroy leaves nobody active", async () => {
    await stack.destroy();
    const users = await service.list("/v1/users");
    expect(users.map((user) => user.status)).toEqual(users.map(() => "inactive"));
  });
});
