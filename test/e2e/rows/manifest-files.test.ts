/** A manifest in three files, with values from the stack: how its errors, its state and its changes look on the real engine. */
import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { useService, useStack } from "../fixtures.ts";

vi.stubEnv("ROSTER_VAR_DOMAIN", "acme.example");
afterAll(() => {
  vi.unstubAllEnvs();
});
const nickname = "the-nickname-that-nobody-else-has";

const service = useService();
const stack = useStack("test/e2e/programs/manifest-files", service);

beforeAll(async () => {
  await service.ask("POST", "/v1/users", { email: "ada@acme.example", invite: false });
  await stack.succeed("config", "set", "stage", "test");
  await stack.succeed("config", "set", "apiAccess", "true");
  await stack.setSecret("nickname", nickname);
});

test("S4 what the service refuses at `up` is told with the file, line and column of the entry", async () => {
  const output = await stack.fail("up", "--yes", "--skip-preview");
  expect(output).toMatch(/error: \S*people\/red\.yaml:2:3: users\.ada\.l: email_taken: /);
  expect(output).not.toContain("has changed since");
  expect(output).not.toContain(nickname);
});

// That a file with other lines is no change is in test/protocol/places.test.ts.
test("S4 a manifest in three files is applied, with values from the stack, and secrets stay secret", async () => {
  stack.edit("people/red.yaml", "ada@", "ada.l@");
  // The run before may have created what does not depend on the user.
  expect(await stack.apply()).toEqual(
    expect.arrayContaining([
      "create User acme-ada.l",
      "create Membership acme-ada.l",
      "create ApiKeyAssignment acme-storefront-ada.l",
    ]),
  );
  const [acme] = await service.list("/v1/organizations?slug=acme-test");
  expect(acme).toMatchObject({ slug: "acme-test", name: "Acme", features: { externalApiAccess: true } });
  const [ada] = await service.list("/v1/users?email=ada.l@acme.example");
  expect(ada).toMatchObject({ givenName: nickname });
  expect(existsSync(path.join(stack.folder, "storefront.key"))).toBe(true);
  const { text } = await stack.exported();
  expect(text).not.toContain(nickname);
  expect(text).not.toContain("red.yaml");
});
