/** What a program knows of the service it is run for. */
import * as pulumi from "@pulumi/pulumi";
import { expect, test, vi } from "vitest";
import { ConfigurationError } from "../../provider/errors.ts";
import { programConnection, stackSetting } from "../../provider/program/program.ts";

test("the programs of two stacks in one process each have their own stack's connection", () => {
  for (const name of ["staging", "production"]) {
    const endpoint = `https://${name}.example`;
    pulumi.runtime.setAllConfig({ "roster:endpoint": endpoint, "roster:token": `token-of-${name}` });
    expect(programConnection()).toMatchObject({ endpoint, token: `token-of-${name}` });
  }
});

test("a fault of the configuration is one error object, which the engine prints once, until it is another fault", () => {
  vi.stubEnv("ROSTER_NO_LOGIN", "1");
  const faultOf = (config: Record<string, string>) => {
    pulumi.runtime.setAllConfig(config);
    try {
      return programConnection();
    } catch (error) {
      return error;
    }
  };
  const [first, second] = [faultOf({}), faultOf({})];
  expect(first).toBeInstanceOf(ConfigurationError);
  expect(second).toBe(first);
  const other = faultOf({ "roster:endpoint": "https://staging.example" });
  expect(other).toBeInstanceOf(ConfigurationError);
  expect(other).not.toBe(first);
});

test("a value of the configuration says whether it is secret there, in the project's namespace or another", () => {
  pulumi.runtime.setAllConfig({ "project:plain": "one", "project:hidden": "two", "other:hidden": "three" }, [
    "project:hidden",
    "other:hidden",
  ]);
  vi.spyOn(pulumi, "getProject").mockReturnValue("project");
  expect(stackSetting("plain")).toEqual({ value: "one", isSecret: false });
  expect(stackSetting("hidden")).toEqual({ value: "two", isSecret: true });
  expect(stackSetting("other:hidden")).toEqual({ value: "three", isSecret: true });
  expect(stackSetting("other")).toBeUndefined();
});
