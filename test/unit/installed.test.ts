/** What a program is told where the engine wouldn't find the provider. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { requireInstalled, version } from "../../provider/program/installed.ts";
import { paths } from "../../scripts/environment.mjs";
import { temporaryFolder } from "../temporary-folder.ts";

const provider = path.join(paths.checkout, "provider");

beforeEach(() => {
  vi.stubEnv("PULUMI_NODEJS_MONITOR", "127.0.0.1:1");
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** @returns the folder of a program, below one with packages */
function folder(): { readonly packages: string; readonly program: string } {
  const root = temporaryFolder();
  const packages = path.join(root, "node_modules");
  const program = path.join(root, "stacks/access");
  mkdirSync(packages);
  mkdirSync(program, { recursive: true });
  return { packages, program };
}

test("the version that is written down is the package's", () => {
  expect(version).toBe(JSON.parse(readFileSync(path.join(provider, "package.json"), "utf8")).version);
});

describe("where the program runs", () => {
  test("nothing is said if the package is installed there, or above it", () => {
    const { packages, program } = folder();
    const warn = vi.spyOn(pulumi.log, "warn");
    symlinkSync(provider, path.join(packages, "pulumi-roster"));
    requireInstalled(program);
    expect(warn).not.toHaveBeenCalled();
  });

  test("one line names the folder and the remedy if it isn't", () => {
    const { program } = folder();
    expect(() => requireInstalled(program)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^pulumi-roster is not installed [^\n]*npm install[^\n]*$/),
      }),
    );
    expect(() => requireInstalled(program)).toThrow(program);
  });

  test("another version is warned of, once", async () => {
    const { packages, program } = folder();
    const dist = path.join(packages, "pulumi-roster/dist");
    mkdirSync(dist, { recursive: true });
    writeFileSync(path.join(dist, "driver.js"), "");
    const manifest = { name: "pulumi-roster", version: "0.0.7", exports: { "./driver": "./dist/driver.js" } };
    writeFileSync(path.join(dist, "../package.json"), JSON.stringify(manifest));
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    requireInstalled(program);
    requireInstalled(program);
    expect(warn.mock.calls).toEqual([[expect.stringContaining(`pulumi-roster ${version}, but the engine runs`)]]);
    expect(warn.mock.calls[0]?.[0]).toContain("pulumi-roster 0.0.7");
  });

  test("nothing is looked for where the engine has not started the program", () => {
    vi.stubEnv("PULUMI_NODEJS_MONITOR", undefined);
    requireInstalled(folder().program);
  });
});
