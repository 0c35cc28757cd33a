/** Every kind has a test of its tables. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { objectLifecycles } from "../../../provider/kinds/registry.ts";

/** The kinds, in the order in which one needs another, and the file with the tables of each. */
const files: readonly (readonly [kind: string, file: string])[] = [
  ["Organization", "organization.test.ts"],
  ["OrganizationProfile", "organization-profile.test.ts"],
  ["Role", "role.test.ts"],
  ["User", "user.test.ts"],
  ["Membership", "membership.test.ts"],
  ["ApiKey", "api-key.test.ts"],
  ["ApiKeyAssignment", "api-key-assignment.test.ts"],
  ["AccessToken", "access-token.test.ts"],
];

test("every kind is looked at here", () => {
  expect(objectLifecycles.map(({ kind }) => kind)).toEqual(files.map(([kind]) => kind));
});

test.each(files)("%s has its tables in %s", (kind, file) => {
  expect(readFileSync(path.join(__dirname, file), "utf8")).toContain(`describeKind("${kind}", {`);
});
