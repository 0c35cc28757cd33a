/** What is different on Windows, as far as it can be told on another system. */
import path from "node:path";
import { expect, test } from "vitest";
import { isProviderHost } from "../../provider/dynamic/host.ts";
import { fromProgram, portablePath } from "../../provider/kinds/logo-file.ts";

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

test("so is the path of a file that a manifest names, or another system would hand its key on again", () => {
  expect(fromProgram("keys\\shop.key", "C:\\acme\\access", "C:\\acme", path.win32)).toBe("access/keys/shop.key");
  expect(fromProgram("keys/shop.key", "/acme/access", "/acme", path.posix)).toBe("access/keys/shop.key");
  expect(fromProgram("D:\\keys\\shop.key", "C:\\acme", "C:\\acme", path.win32)).toBe("D:\\keys\\shop.key");
});
