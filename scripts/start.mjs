/**
 * Sets everything up, starts the reference service and applies the root stack to it:
 *
 *     npm start            then keeps the service running until Ctrl-C
 *     npm start -- --once  then stops it, and ends with 0 if all was as it should be
 */
import fs from "node:fs";
import path from "node:path";
import { engineEnvironment, paths, rootStack } from "./environment.mjs";
import { onSignals, runVisibly } from "./processes.mjs";
import { ServiceError, startService } from "./service-process.mjs";
import { setUp } from "./setup.mjs";

/** Something was not as it should be; the message is for the person. */
class StartError extends Error {}

/** The person, or the system, asked us to stop. */
class Interruption extends Error {}

const args = process.argv.slice(2);
if (args.some((arg) => arg !== "--once")) {
  process.stderr.write("Usage: npm start [-- --once]\n");
  process.exit(2);
}
const once = args.includes("--once");

await setUp();

/** @type {Promise<never>} */
const interruption = new Promise((_, reject) => {
  onSignals(() => reject(new Interruption()));
});
interruption.catch(() => {});

const service = await startService();
let applied = false;
try {
  const ready = await Promise.race([service.ready, interruption]);
  fs.writeFileSync(paths.endpoint, `${ready.endpoint}\n`);
  const data = ready.dataDir === null ? "" : `, with its data in ${relative(ready.dataDir)}`;
  process.stdout.write(`The service runs at ${ready.endpoint}, on ${ready.database}${data}\n`);
  await applyRootStack(ready);
  applied = true;
  sayWhatIsNext(ready);
  if (!once) {
    await Promise.race([service.death, interruption]);
  }
} catch (error) {
  if (error instanceof StartError || error instanceof ServiceError) {
    process.stderr.write(`\n${error.message}\n`);
  } else if (!(error instanceof Interruption)) {
    throw error;
  }
  // To be stopped is how a run without --once ends.
  process.exitCode = error instanceof Interruption && applied ? 0 : 1;
} finally {
  await service.stop();
}
process.exit();

/**
 * Preview, update, and a preview that must be empty.
 *
 * @param {import("./service-process.mjs").Ready} ready
 * @throws {StartError}
 */
async function applyRootStack(ready) {
  const env = { ...engineEnvironment(), ROSTER_ENDPOINT: ready.endpoint, ROSTER_TOKEN: ownerToken(ready) };
  const pulumi = async (/** @type {string[]} */ ...args) => {
    const status = await runVisibly("pulumi", args, { cwd: paths.checkout, env, stopWhen: service.death });
    // When the service died, or after Ctrl-C, the engine's status is not what the person needs to hear.
    await Promise.race([service.death, interruption, undefined]);
    return status;
  };

  const steps = [
    {
      heading: "What would change",
      command: ["preview"],
      failure: "The preview failed; the reason is above.",
    },
    {
      heading: "Changing it",
      command: ["up", "--yes", "--skip-preview"],
      failure:
        "The update failed; the reason is above. If it says that the stack is locked by a run that is no more:\n" +
        "  npm run pulumi -- cancel --yes",
    },
    {
      heading: "What would change now",
      command: ["preview", "--expect-no-changes"],
      failure: "The second preview should be empty, and is not; the reason is above.",
    },
  ];
  if ((await pulumi("stack", "select", rootStack, "--create", "--non-interactive")) !== 0) {
    throw new StartError(`The stack ${rootStack} could not be selected; the reason is above.`);
  }
  for (const { heading, command, failure } of steps) {
    process.stdout.write(`\n== ${heading}: pulumi ${command.join(" ")}\n\n`);
    if ((await pulumi(...command, "--stack", rootStack)) !== 0) {
      throw new StartError(failure);
    }
  }
}

/** @param {import("./service-process.mjs").Ready} ready */
function ownerToken({ ownerTokenFile }) {
  return ownerTokenFile === null
    ? (process.env.ROSTER_OWNER_TOKEN ?? "")
    : fs.readFileSync(ownerTokenFile, "utf8").trim();
}

/** @param {import("./service-process.mjs").Ready} ready */
function sayWhatIsNext(ready) {
  process.stdout.write(`
Done. What examples/acme/roster.yaml declares is in the service, and nothing is left to change.

  service      ${ready.endpoint}${once ? " (while npm start runs)" : ""}
  its log      ${relative(paths.serviceLog)}
  owner token  in ${ready.ownerTokenFile === null ? "ROSTER_OWNER_TOKEN" : relative(ready.ownerTokenFile)}

What next, ${once ? "while npm start runs" : "in another terminal"}:
  see the keys       npm run pulumi -- stack output keys --show-secrets
  change something   edit examples/acme/roster.yaml, then npm run pulumi -- preview
                     and to apply it, npm run pulumi -- up
  remove it all      npm run pulumi -- destroy
${once ? "" : "\nThe service runs until Ctrl-C. Its data stays for the next start.\n"}`);
}

/** @param {string} file */
function relative(file) {
  return path.relative(paths.checkout, file) || file;
}
