/** What a release publishes: the archive that the engine installs, and the executable in it, which finds Node.js or says what to install. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageSchema } from "../../../provider/plugin/schema.ts";
import { paths } from "../../../scripts/environment.mjs";
import { buildRelease } from "../../../scripts/package/release.mjs";
import { setUpLanguages } from "../../../scripts/setup/languages.mjs";
import { temporaryFolder } from "../../temporary-folder.ts";
import { codeBlocksIn } from "../../tidy/markdown.ts";
import { stackOfTest, useService } from "../fixtures.ts";

const service = useService();
const { version, engines } = JSON.parse(readFileSync(path.join(paths.checkout, "provider/package.json"), "utf8"));
const neededNode = Number.parseInt(engines.node.replace(">=", ""), 10);
const archiveName = `pulumi-resource-roster-v${version}-linux-amd64.tar.gz`;
let release = "";
/** What the archive has, unpacked. */
let plugin = "";

beforeAll(async () => {
  release = mkdtempSync(path.join(tmpdir(), "roster-release-"));
  plugin = mkdtempSync(path.join(tmpdir(), "roster plugin-"));
  await buildRelease(release);
  execFileSync("tar", ["-xzf", path.join(release, archiveName), "-C", plugin]);
});
afterAll(() => {
  rmSync(release, { recursive: true, force: true });
  rmSync(plugin, { recursive: true, force: true });
});

/** A program in Pulumi YAML, as docs/_index.md shows it to people who have nothing yet. */
function documentedProgram(): string {
  const blocks = codeBlocksIn(readFileSync(path.join(paths.checkout, "docs/_index.md"), "utf8"));
  return blocks.find(({ language }) => language === "yaml")?.text ?? "";
}

/** A stack of the documented program, without a word of where the plugin is, that has installed the archive. */
async function stackWithArchive(environment: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder({ "Pulumi.yaml": documentedProgram() });
  const { binFolder } = await setUpLanguages();
  // As a program of the dynamic provider: for one of the plugin, Pulumi.yaml would name the plugin's folder.
  const layout = { binFolder, environment, front: "dynamic" } as const;
  const stack = await stackOfTest(path.relative(paths.checkout, folder), service, layout);
  await stack.succeed("plugin", "install", "resource", "roster", version, "--file", path.join(release, archiveName));
  await stack.succeed("config", "set", "roster:stackId", "organization/acme/test");
  return stack;
}

test("the engine installs the archive, and the program of the registry's page runs with it", async () => {
  const stack = await stackWithArchive();
  expect(readFileSync(path.join(stack.folder, "Pulumi.yaml"), "utf8")).not.toContain("plugins");
  const [installed] = JSON.parse((await stack.succeed("plugin", "ls", "--json")).stdout).filter(
    ({ name }: { name: string }) => name === "roster",
  );
  expect(installed).toMatchObject({ kind: "resource", version });
  await stack.up();
  const { key } = (await stack.outputs()) as { key: string };
  expect((await service.verify(key)).outcome).toBe("accepted");
});

test("without Node.js, the engine says what to install", async () => {
  const stack = await stackWithArchive({ PATH: await folderWithEngine() });
  expect(await stack.fail("preview")).toContain(
    `pulumi-resource-roster needs Node.js ${neededNode} or newer, and there is no node on PATH.`,
  );
});

/** A folder for PATH with the engine and the host of Pulumi YAML, and nothing else: the folders that they are in may have a Node.js. */
async function folderWithEngine(): Promise<string> {
  const { binFolder } = await setUpLanguages();
  const folders = [binFolder, ...(process.env.PATH ?? "").split(path.delimiter)];
  const folder = temporaryFolder();
  for (const program of ["pulumi", "pulumi-language-yaml"]) {
    const found = folders.map((each) => path.join(each, program)).find((file) => existsSync(file));
    symlinkSync(found ?? program, path.join(folder, program));
  }
  return folder;
}

/** A folder for PATH with the Node.js of the tests, which says that it is of another version. */
function folderWithNode(version: string): string {
  const script = `#!/bin/sh\nexec "${paths.node}" --require "\${0%/*}/older.cjs" "$@"\n`;
  const older = `const versions = { ...process.versions, node: "${version}" };\nObject.defineProperty(process, "versions", { value: versions });\n`;
  const folder = temporaryFolder({ node: script, "older.cjs": older });
  chmodSync(path.join(folder, "node"), 0o755);
  return folder;
}

/** A PATH with a folder before those of the system, which may have a Node.js as well. */
function withSystem(folder: string): string {
  return [folder, "/usr/bin", "/bin"].join(path.delimiter);
}

/** A link to the executable. */
function linkTo(target: string): string {
  const link = path.join(temporaryFolder(), "linked");
  symlinkSync(target, link);
  return link;
}

/** What the executable says when it fails, with this PATH. */
function refused(executable: string, PATH: string): string {
  const { status, stdout, stderr } = spawnSync(executable, ["127.0.0.1:1"], {
    env: { PATH },
    encoding: "utf8",
  });
  expect([status, stdout]).toEqual([1, ""]);
  return stderr;
}

/** Where the executable is, or where a person has a link to it. */
const places = [
  ["the archive", () => path.join(plugin, "pulumi-resource-roster")],
  ["the npm package", () => path.join(paths.checkout, "provider/bin/pulumi-resource-roster")],
  ["a folder with links", () => linkTo(path.join("..", path.basename(plugin), "pulumi-resource-roster"))],
] as const;

describe.each(places)("the executable in %s", (_place, executable) => {
  test("starts the plugin, which connects to the engine and says where it answers", async () => {
    const engine = createServer().listen(0, "127.0.0.1");
    await once(engine, "listening");
    const child = spawn(executable(), [`127.0.0.1:${(engine.address() as AddressInfo).port}`], {
      env: { PATH: withSystem(path.dirname(paths.node)) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [[connection], [port]] = await Promise.all([once(engine, "connection"), once(child.stdout, "data")]);
    expect(String(port)).toMatch(/^\d+\n$/);
    // Without the engine, the plugin ends.
    connection.destroy();
    engine.close();
    await once(child, "close");
  });

  test("says what to install if there is no Node.js", () => {
    expect(refused(executable(), temporaryFolder())).toBe(
      `pulumi-resource-roster needs Node.js ${neededNode} or newer, and there is no node on PATH. Install it: https://nodejs.org\n`,
    );
  });

  test("says what to install if Node.js is too old", () => {
    const older = `${neededNode - 1}.9.1`;
    expect(refused(executable(), withSystem(folderWithNode(older)))).toBe(
      `pulumi-resource-roster needs Node.js ${neededNode} or newer, and the node on PATH is ${older}. Install a newer one: https://nodejs.org\n`,
    );
  });
});

test("the executable for Windows says the same, and has the line endings that cmd.exe needs", () => {
  const [posix, windows] = ["pulumi-resource-roster", "pulumi-resource-roster.cmd"].map((name) =>
    readFileSync(path.join(plugin, name), "utf8"),
  );
  const message = /echo "(.*)" >&2/.exec(posix ?? "")?.[1] ?? "none";
  expect(windows).toContain(`echo ${message}>&2\r\n`);
  expect(windows?.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
});

test("the archive has what the lock file says, nothing for development, and nothing of this machine", () => {
  const lock = JSON.parse(readFileSync(path.join(paths.checkout, "package-lock.json"), "utf8")).packages;
  const files = readdirSync(plugin, { recursive: true, encoding: "utf8" });
  const places = files.flatMap(
    (file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/@]+)\/package\.json$/.exec(file)?.[1] ?? [],
  );
  expect(places).toEqual(expect.arrayContaining(["node_modules/@pulumi/pulumi", "node_modules/axios"]));
  for (const place of places) {
    const { version } = JSON.parse(readFileSync(path.join(plugin, place, "package.json"), "utf8"));
    const locked = lock[place].link ? lock[lock[place].resolved] : lock[place];
    expect([place, version, lock[place].dev]).toEqual([place, locked.version, undefined]);
  }
  expect(
    files.filter((file) => /(^|\/)(\.npmrc|\.?package-lock\.json|.*\.(node|map|tsbuildinfo|d\.ts))$/.test(file)),
  ).toEqual([]);
  const own = files.filter((file) => /^(?!node_modules\/).*\.(js|json|cmd)$/.test(file));
  expect(own).toContain("dist/plugin/main.js");
  expect(own.filter((file) => readFileSync(path.join(plugin, file), "utf8").includes(paths.checkout))).toEqual([]);
});

test("a release has an archive for each platform, the npm packages and the schema, and is the same when it is built again", async () => {
  const sums = `pulumi-roster_${version}_checksums.txt`;
  const platforms = ["darwin", "linux", "windows"].flatMap((system) => [`${system}-amd64`, `${system}-arm64`]);
  const expected = [
    ...platforms.map((platform) => `pulumi-resource-roster-v${version}-${platform}.tar.gz`),
    ...["pulumi-roster", "roster-policy", "roster-schema", "roster-service"].map((name) => `${name}-${version}.tgz`),
    "schema.json",
  ];
  const listed = readFileSync(path.join(release, sums), "utf8");
  expect(listed.split("\n").flatMap((line) => line.split("  ")[1] ?? [])).toEqual(expected);
  expect(readdirSync(release).toSorted()).toEqual([...expected, sums].toSorted());
  for (const name of expected) {
    const hash = createHash("sha256")
      .update(readFileSync(path.join(release, name)))
      .digest("hex");
    expect(listed).toContain(`${hash}  ${name}\n`);
  }
  const again = temporaryFolder();
  await buildRelease(again);
  expect(readFileSync(path.join(again, sums), "utf8")).toBe(listed);
});

test("each npm package has its license, its repository and nothing of the compiler's own", () => {
  for (const name of ["pulumi-roster", "roster-policy", "roster-schema", "roster-service"]) {
    const archive = path.join(release, `${name}-${version}.tgz`);
    const files = execFileSync("tar", ["-tzf", archive], { encoding: "utf8" }).split("\n");
    expect(files).toContain("package/LICENSE");
    expect(files.filter((file) => file.endsWith(".tsbuildinfo"))).toEqual([]);
    const manifest = execFileSync("tar", ["-xOzf", archive, "package/package.json"], { encoding: "utf8" });
    // The registry of npm refuses a package with a provenance from another repository than its own.
    expect(`github://api.github.com/${/github\.com\/(.*)\.git/.exec(JSON.parse(manifest).repository.url)?.[1]}`).toBe(
      JSON.parse(packageSchema()).pluginDownloadURL,
    );
  }
});
