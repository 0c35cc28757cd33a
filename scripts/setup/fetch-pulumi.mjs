/**
 * Runs under Node.js 26, as a process of its own:
 *
 *     fetch-pulumi.mjs probe            ends with 0 if the vendor's site serves its installer
 *     fetch-pulumi.mjs install <root>   downloads the CLI of the SDK's version to <root>/bin
 *
 * On failure the reason is on stderr.
 */
import os from "node:os";
import path from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

const connectTimeoutMs = 5000;
const [task, root = path.join(os.tmpdir(), "nothing-is-here")] = process.argv.slice(2);
let answered = false;

// The SDK knows the site's address and allows it two minutes to answer. Where the site is
// filtered away, that is a long time to look at nothing.
const patientFetch = globalThis.fetch;
Object.assign(globalThis, { fetch: impatientFetch });

try {
  await PulumiCommand.install({ root });
} catch (error) {
  const { message } = /** @type {Error} */ (error);
  process.stderr.write(`${answered ? "the site answered, but " : ""}${message.trim()}\n`);
  process.exit(1);
}

/**
 * @param {string | URL | Request} input
 * @param {RequestInit} [init]
 */
async function impatientFetch(input, init) {
  const connecting = new AbortController();
  const timer = setTimeout(() => connecting.abort(), connectTimeoutMs);
  const signal = AbortSignal.any([connecting.signal, ...(init?.signal ? [init.signal] : [])]);
  try {
    const response = await patientFetch(input, { ...init, signal });
    answered = true;
    if (task === "probe" && response.ok) {
      process.exit(0);
    }
    return response;
  } catch (error) {
    if (connecting.signal.aborted) {
      throw new Error(`no answer within ${connectTimeoutMs / 1000} s`);
    }
    // "fetch failed" hides the reason one level down.
    const { cause } = /** @type {Error} */ (error);
    throw cause instanceof Error ? cause : error;
  } finally {
    clearTimeout(timer);
  }
}
