/** States that `roster convert-state` converts in part, or refuses. A whole stack moves in test/e2e/plugin/convert-state.test.ts. */
import { expect, test } from "vitest";
import { convertedState } from "../../provider/command/converted-state.ts";

const stack = { urn: "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev", type: "pulumi:pulumi:Stack" };
const dynamic = "urn:pulumi:dev::shop::pulumi-nodejs:dynamic";
const provider = {
  urn: "urn:pulumi:dev::shop::pulumi:providers:pulumi-nodejs::default",
  id: "1",
  type: "pulumi:providers:pulumi-nodejs",
};
const foreign = {
  urn: `${dynamic}/other:Thing::thing`,
  type: "pulumi-nodejs:dynamic/other:Thing",
  provider: `${provider.urn}::1`,
  dependencies: [`${dynamic}/roster:Role::releaser`],
  inputs: { __provider: "exports.handler=()=>undefined" },
};
const role = {
  urn: `${dynamic}/roster:Role::releaser`,
  type: "pulumi-nodejs:dynamic/roster:Role",
  id: "rol_1",
  provider: `${provider.urn}::1`,
  inputs: { name: "pulumi-nodejs:dynamic/roster:Role", __provider: "exports.handler=()=>undefined" },
};

test("another package's resources keep their types, their provider and what they store, and follow what they depend on", () => {
  const { document, count } = convertedState(
    { version: 3, deployment: { resources: [stack, provider, foreign, role] } },
    "native",
  );
  const { resources } = (document as { deployment: { resources: Record<string, unknown>[] } }).deployment;
  expect(count).toBe(1);
  expect(resources.find(({ urn }) => urn === foreign.urn)).toEqual({
    ...foreign,
    dependencies: ["urn:pulumi:dev::shop::roster:index:Role::releaser"],
  });
  expect(resources.find(({ id }) => id === "rol_1")).toMatchObject({
    urn: "urn:pulumi:dev::shop::roster:index:Role::releaser",
    type: "roster:index:Role",
    // A property of the program stays what it is.
    inputs: { name: "pulumi-nodejs:dynamic/roster:Role" },
  });
});

test.each<[what: string, document: unknown, reason: string]>([
  ["something that is no state", { resources: [] }, "this is not a state: "],
  [
    "a state with pending operations",
    { version: 3, deployment: { pending_operations: [{}] } },
    "run `pulumi refresh` first",
  ],
])("%s is refused", (_what, document, reason) => {
  expect(() => convertedState(document, "native")).toThrow(reason);
});

test("a state without resources of this package stays as it is", () => {
  const document = { version: 3, deployment: { manifest: { version: "v3" }, resources: [stack, provider] } };
  const converted = convertedState(document, "native");
  expect(converted.count).toBe(0);
  expect(JSON.parse(JSON.stringify(converted.document))).toEqual(document);
});
