/** The law of the house: who may import whom is a table, and nobody imports in a circle. */
import { describe, expect, test } from "vitest";
import { type Room, rooms } from "./rooms.ts";
import { code, filesUnder, importsOf, packageOf, parse, targetOf } from "./sources.ts";

const folders = ["schema", "provider", "service", "policy"];
const files = folders.flatMap((folder) => filesUnder(folder, code));

function roomOf(file: string): Room | undefined {
  return rooms.find(({ files }) => files.test(file));
}

/** The files of the house that each file imports, types included. */
const imported = new Map(
  files.map((file) => [
    file,
    [...new Set(importsOf(parse(file)).map((specifier) => fileAt(targetOf(file, specifier))))].filter(
      (target) => target !== undefined,
    ),
  ]),
);

/** The file that an import leads to: a package's name stands for its index. */
function fileAt(target: string | undefined): string | undefined {
  return [target, `${target}/index.ts`].find((file) => file !== undefined && files.includes(file));
}

/** The packages from npm that a file imports. */
function packagesOf(file: string): string[] {
  return [...new Set(importsOf(parse(file)).map(packageOf))].filter((name) => name !== undefined);
}

/** What an import that the law doesn't allow is answered with. */
function refusal(file: string, target: string, { name, rooms: may, packages }: Room): string {
  const asked = rooms
    .filter(({ name }) => may.includes(name))
    .map(({ name, purpose }) => `  ${name}: ${purpose}`)
    .join("\n");
  const installed = packages.length === 0 ? "no package from npm" : packages.join(", ");
  return `${file} imports ${target}, which ${name} may not. It may import ${installed}, and these rooms:\n${asked}`;
}

/** The shortest circle of imports that a node is part of; undefined if there is none. */
function shortestCircle(from: string, next: (node: string) => readonly string[]): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const waiting = [from];
  for (const node of waiting) {
    for (const target of next(node)) {
      if (target === from) {
        const circle = [from];
        for (let at = node; at !== from; at = cameFrom.get(at) ?? from) {
          circle.unshift(at);
        }
        return [from, ...circle];
      }
      if (cameFrom.has(target)) {
        continue;
      }
      cameFrom.set(target, node);
      waiting.push(target);
    }
  }
  return undefined;
}

describe("every room", () => {
  test("has files, and every file has a room", () => {
    expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
    expect(rooms.filter((room) => !files.some((file) => roomOf(file) === room)).map(({ name }) => name)).toEqual([]);
  });

  test("imports what the table says, and nothing else", () => {
    const refused = files.flatMap((file) => {
      const room = roomOf(file);
      if (room === undefined) {
        return [];
      }
      const strangers = (imported.get(file) ?? []).filter((target) => {
        const asked = roomOf(target);
        return asked !== room && asked !== undefined && !room.rooms.includes(asked.name);
      });
      const packages = packagesOf(file).filter((name) => !room.packages.includes(name));
      return [...strangers, ...packages].map((target) => refusal(file, target, room));
    });
    expect(refused).toEqual([]);
  });

  test("leaves the routes of objects to the list of all routes", () => {
    const importers = files.filter((file) =>
      (imported.get(file) ?? []).some((target) => roomOf(target)?.name === "service/objects, routes"),
    );
    expect(importers).toEqual(["service/routes/index.ts"]);
  });

  test("has no entry in the table that it doesn't use", () => {
    const unused = rooms.flatMap((room) => {
      const own = files.filter((file) => roomOf(file) === room);
      const used = new Set(own.flatMap((file) => imported.get(file) ?? []).map((target) => roomOf(target)?.name));
      const packages = new Set(own.flatMap(packagesOf));
      return [
        ...room.rooms.filter((name) => !used.has(name)),
        ...room.packages.filter((name) => !packages.has(name)),
      ].map((entry) => `${room.name}: ${entry}`);
    });
    expect(unused).toEqual([]);
  });
});

describe("no circle", () => {
  test("is found where there is none, and the shortest is shown where there is one", () => {
    const graph: Readonly<Record<string, readonly string[]>> = {
      a: ["b", "c"],
      b: ["d"],
      c: ["a"],
      d: ["a"],
      e: ["a"],
    };
    expect(shortestCircle("a", (node) => graph[node] ?? [])).toEqual(["a", "c", "a"]);
    expect(shortestCircle("b", (node) => graph[node] ?? [])).toEqual(["b", "d", "a", "b"]);
    expect(shortestCircle("e", (node) => graph[node] ?? [])).toBeUndefined();
  });

  /** The shortest circle of each node that is part of one. */
  function circles(nodes: readonly string[], next: (node: string) => readonly string[]): string[] {
    return nodes
      .map((node) => shortestCircle(node, next))
      .filter((circle) => circle !== undefined)
      .map((circle) => circle.join(" → "));
  }

  test("of files, types included", () => {
    expect(circles(files, (file) => imported.get(file) ?? [])).toEqual([]);
  });

  test("of rooms", () => {
    const names = rooms.map(({ name }) => name);
    expect(circles(names, (name) => rooms.find((room) => room.name === name)?.rooms ?? [])).toEqual([]);
  });
});
