/** Which part may know which: schema <- provider, schema <- service, and only tests and benchmarks see both. */
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Exceptions, faultsOf } from "./exceptions.ts";
import { code, filesUnder, folderOf, importsOf, parse, read, root, targetOf } from "./sources.ts";

/** What the files of a folder import, as `file: specifier`, of which the folder of ours is one of those given. */
function importsFrom(folder: string, ...targets: readonly string[]): string[] {
  return filesUnder(folder, code).flatMap((file) =>
    importsOf(parse(file))
      .filter((specifier) => targets.includes(folderOf(file, specifier) ?? ""))
      .map((specifier) => `${file}: ${specifier}`),
  );
}

function dependenciesOf(folder: string): string[] {
  const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = JSON.parse(read(`${folder}/package.json`));
  return Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies });
}

describe("imports are found", () => {
  test("in every form, and not in comments or strings", () => {
    const text = `
      /* import "no-1"; */ // import "no-2"
      const words = 'import "no-3"; require("no-4")';
      import a, { b } from "yes-1";
      import type { c } from "yes-2";
      import "yes-3";
      export * from "yes-4";
      export { d } from "yes-5";
      const e = await import("yes-6");
      const f = require("yes-7");
      const g = require.resolve("yes-8");
      type H = import("yes-9").H;
      import i = require("yes-10");
      const j = other("no-5"); import.meta.resolve(words);
    `;
    expect(importsOf(parse("some.ts", text))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((at) => `yes-${at}`));
  });

  test("and followed to the folder that they lead to", () => {
    expect(folderOf("provider/kinds/role.ts", "../client.ts")).toBe("provider");
    expect(folderOf("provider/kinds/role.ts", "../../service/main.ts")).toBe("service");
    expect(folderOf("provider/wire/client.ts", "roster-service")).toBe("service");
    expect(folderOf("provider/wire/client.ts", "roster-schema/openapi.yaml")).toBe("schema");
    expect(folderOf("test/e2e/some.test.ts", "pulumi-roster/driver")).toBe("provider");
    expect(folderOf("provider/wire/client.ts", "axios")).toBeUndefined();
    expect(targetOf("provider/kinds/role.ts", "../dynamic/driver.ts")).toBe("provider/dynamic/driver.ts");
  });

  test("in every part, so that none passes for want of files", () => {
    for (const folder of ["provider", "service", "schema", "policy", "scripts", "examples", "test"]) {
      expect(filesUnder(folder, code), folder).not.toEqual([]);
    }
    expect(importsFrom("provider", "schema")).not.toEqual([]);
    expect(importsFrom("service", "schema")).not.toEqual([]);
    expect(importsFrom("examples", "provider")).not.toEqual([]);
    expect(importsFrom("test", "provider")).not.toEqual([]);
  });
});

describe("the provider", () => {
  test("doesn't know the service", () => {
    expect(importsFrom("provider", "service")).toEqual([]);
    expect(dependenciesOf("provider")).not.toContain("roster-service");
  });

  test("knows neither tests nor scripts nor examples", () => {
    expect(importsFrom("provider", "test", "trials", "bench", "scripts", "examples")).toEqual([]);
  });

  test("has resources that don't know the dynamic provider's driver, directly or by way of others", () => {
    const resources = filesUnder("provider/kinds", /\.ts$/);
    const seen = new Set(resources);
    for (const file of seen) {
      const targets = importsOf(parse(file)).map((specifier) => targetOf(file, specifier));
      for (const target of targets) {
        if (target?.startsWith("provider/") === true) {
          seen.add(target);
        }
      }
    }
    expect(seen.size).toBeGreaterThan(resources.length);
    expect([...seen]).not.toContain("provider/dynamic/driver.ts");
  });
});

describe("the service", () => {
  test("doesn't know the provider", () => {
    expect(importsFrom("service", "provider")).toEqual([]);
    expect(dependenciesOf("service")).not.toContain("pulumi-roster");
  });

  test("knows neither tests nor scripts nor examples", () => {
    expect(importsFrom("service", "test", "trials", "bench", "scripts", "examples")).toEqual([]);
  });
});

test("the policy pack knows neither the provider nor the service", () => {
  expect(importsFrom("policy", "provider", "service", "test", "trials", "bench", "scripts", "examples")).toEqual([]);
  expect(dependenciesOf("policy").filter((name) => /roster/.test(name))).toEqual(["roster-schema"]);
});

test("the schema knows nobody", () => {
  expect(importsFrom("schema", "provider", "service", "test", "trials", "bench", "scripts", "examples")).toEqual([]);
  expect(dependenciesOf("schema").filter((name) => /roster/.test(name))).toEqual([]);
});

describe("the examples", () => {
  test("import the package by its name, as anybody would", () => {
    const ours = importsFrom("examples", "provider", "service", "schema");
    expect(ours.filter((line) => !line.endsWith(": pulumi-roster"))).toEqual([]);
  });

  test("stay in their own folder otherwise", () => {
    const outside = filesUnder("examples", code).flatMap((file) => {
      const own = file.split("/").slice(0, 2).join("/");
      return importsOf(parse(file))
        .filter((specifier) => specifier.startsWith(".") && targetOf(file, specifier)?.startsWith(`${own}/`) !== true)
        .map((specifier) => `${file}: ${specifier}`);
    });
    expect(outside).toEqual([]);
  });
});

/** The folders that see both, and why. */
const seesBoth: Exceptions = {
  test: "tests run the provider against the service, and the trials see both through them",
  bench: "both are measured in one run",
};

test("nothing but test/ and bench/ sees both the provider and the service", () => {
  const places = new Set(filesUnder(".", code).map((file) => file.split("/")[0] ?? file));
  const both = [...places].filter((place) => {
    const sees = (target: string) => place === target || importsFrom(place, target).length > 0;
    return sees("provider") && sees("service");
  });
  expect(both).toContain("test");
  expect(both.filter((folder) => !(folder in seesBoth))).toEqual([]);
  expect(faultsOf(seesBoth, (folder) => both.includes(folder))).toEqual([]);
});

test("a package is imported by its name, or from its own folder", () => {
  // A relative path into another package would work in this repository and nowhere else. Tests are never published.
  const across = ["provider", "service", "schema", "policy"].flatMap((folder) =>
    filesUnder(folder, code).flatMap((file) =>
      importsOf(parse(file))
        .filter((specifier) => specifier.startsWith(".") && folderOf(file, specifier) !== folder)
        .map((specifier) => `${path.join(root, file)}: ${specifier}`),
    ),
  );
  expect(across).toEqual([]);
});
