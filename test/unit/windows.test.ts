/** What is different on Windows, as far as it can be told on another system. */
import path from "node:path";
import { expect, test } from "vitest";
import { isProviderHost } from "../../provider/engine.ts";
import { portablePath } from "../../provider/resources/logo-file.ts";

test("the provider knows the SDK's host by its script, with the separators of either system", () => {
  expect(isProviderHost("C:\\acme\\node_modules\\@pulumi\\pulumi\\cmd\\dynamic-provider\\index.js")).toBe(true);
  expect(isProviderHost("/acme/node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js")).toBe(true);
  expect(isProviderHost("/acme/node_modules/@pulumi/pulumi/cmd/dynamic-provider")).toBe(true);
  expect(isProviderHost("/acme/node_modules/pulumi-roster/dist/command/main.js")).toBe(false);
});

test("a logo's path in the state is the same on either system", () => {
  expect(portablePath("images\\logo.png", path.win32)).toBe("images/logo.png");
  expect(portablePath("images/logo.png", path.posix)).toBe("images/logo.png");
  // A name with a backslash is a name there.
  expect(portablePath("images\\logo.png", path.posix)).toBe("images\\logo.png");
});
