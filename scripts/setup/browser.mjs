/** Chromium, for the tests of the pages that people use. */
import fs from "node:fs";
import path from "node:path";
import { paths } from "../environment.mjs";
import { ProgramError, run } from "../processes.mjs";
import { withProgress } from "../progress.mjs";
import { makeOnce } from "./cache.mjs";
import { SetUpError } from "./set-up-error.mjs";

/** Without windows, it takes half of the time. */
const debianPackage = "chromium-headless-shell";
const names = [debianPackage, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macPrograms = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const connectTimeoutMs = 5000;
const downloadTimeoutMs = 600_000;
const playwright = path.join(paths.checkout, "node_modules", "playwright-core");

/**
 * The browser's program: the system's own, else the one that Playwright's publisher serves, else Debian's package where
 * the set-up may install it.
 *
 * @returns {Promise<string>}
 * @throws {SetUpError}
 */
export async function setUpBrowser() {
  const found = systemProgram();
  if (found !== undefined) {
    return found;
  }
  /** @type {string[]} */
  const tried = [];
  for (const get of [downloaded, fromDebian]) {
    try {
      const program = await get();
      if (program !== undefined) {
        return program;
      }
    } catch (error) {
      if (!(error instanceof ProgramError)) {
        throw error;
      }
      // Playwright's program ends with a stack; what went wrong is in the line before it.
      const reason = error.output.split("\n").find((line) => line.includes("Error: ")) ?? error.tail(3);
      tried.push(`${error.message}: ${reason.trim()}`);
    }
  }
  throw new SetUpError(
    `The tests of people's pages need Chromium. None was found on PATH (${names.join(", ")}), and downloading one failed:\n` +
      `${tried.join("\n")}\n` +
      `Install Chromium (Debian's package is ${debianPackage}) and run this again.`,
  );
}

function systemProgram() {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const programs = folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  return [...programs, ...macPrograms].find((program) => fs.existsSync(program));
}

async function downloaded() {
  const { version } = JSON.parse(fs.readFileSync(path.join(playwright, "package.json"), "utf8"));
  const name = `chromium-playwright-${version}-${process.platform}-${process.arch}`;
  const env = { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: String(connectTimeoutMs) };
  const folder = await makeOnce(name, (partial) =>
    withProgress("getting Chromium for the tests", async () => {
      const args = [path.join(playwright, "cli.js"), "install", "--no-shell", "chromium"];
      const inFolder = { ...env, PLAYWRIGHT_BROWSERS_PATH: partial };
      await run(paths.node, args, { cwd: partial, env: inFolder, timeoutMs: downloadTimeoutMs });
    }),
  );
  const script = 'process.stdout.write(require("playwright-core").chromium.executablePath())';
  const program = await run(paths.node, ["-e", script], {
    cwd: paths.checkout,
    env: { ...env, PLAYWRIGHT_BROWSERS_PATH: folder },
  });
  // What was fetched may still lack libraries of the system.
  await run(program, ["--version"]);
  return program;
}

async function fromDebian() {
  if (process.getuid?.() !== 0 || !fs.existsSync("/usr/bin/apt-get")) {
    return undefined;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await withProgress("installing Debian's Chromium for the tests", async () => {
    await run("apt-get", ["update", "-qq"], { env });
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", debianPackage], { env });
  });
  return systemProgram();
}
