/**
 * Whether Pulumi's own site can be reached, asked at most once in a run, and what is fetched from it.
 */
import { fileURLToPath } from "node:url";
import { paths } from "../environment.mjs";
import { ProgramError, run } from "../processes.mjs";
import { SetUpError } from "./set-up-error.mjs";

const fetcher = fileURLToPath(new URL("fetch-pulumi.mjs", import.meta.url));
const downloadTimeoutMs = 15 * 60_000;
const probeTimeoutMs = 20_000;

/** @type {Promise<string | undefined> | undefined} */
let whyUnreachable;

/**
 * Why the site can't be reached; undefined when it can.
 *
 * @returns {Promise<string | undefined>}
 */
export function whyVendorUnreachable() {
  whyUnreachable ??= runFetcher(["probe"], probeTimeoutMs).then(
    () => undefined,
    (error) => error.message,
  );
  return whyUnreachable;
}

/**
 * Downloads the official bundle of CLI and language hosts, of the SDK's version, to `root/bin`.
 *
 * @param {string} root
 * @throws {SetUpError}
 */
export async function downloadPulumi(root) {
  await runFetcher(["install", root], downloadTimeoutMs);
}

/**
 * @param {string[]} args
 * @param {number} timeoutMs
 */
async function runFetcher(args, timeoutMs) {
  // A process of its own, because `@pulumi/pulumi` needs a newer Node.js than the set-up may have.
  // NODE_USE_ENV_PROXY: its fetch otherwise ignores HTTPS_PROXY, which the installer's curl obeys.
  const env = { ...process.env, NODE_USE_ENV_PROXY: "1" };
  try {
    await run(paths.node, [fetcher, ...args], { env, timeoutMs });
  } catch (error) {
    if (!(error instanceof ProgramError)) {
      throw error;
    }
    throw new SetUpError(error.tail(5) || error.outcome);
  }
}
