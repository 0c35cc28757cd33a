/**
 * The SDK's host of dynamic providers, or the plugin, for one command after another: most of what a process costs goes into loading packages that
 * remember nothing. Where the engine would end the process, the address of the next engine comes as a line of input, and the
 * provider is forgotten and loaded anew.
 */
const { createInterface } = require("node:readline");

const script = require.resolve(process.argv.pop());
// The provider knows its host by that.
process.argv[1] = script;

const end = process.kill.bind(process);
// How the provider ends its process, once it has finished what was pending.
process.kill = (id, signal) => (id === process.pid && signal === "SIGINT" ? load() : end(id, signal));

createInterface({ input: process.stdin })
  .on("line", (address) => {
    process.argv[2] = address;
    // Without a listener, no provider was loaded.
    return process.emit("SIGINT") || load();
  })
  .on("close", () => process.exit());
load();

function load() {
  for (const event of ["uncaughtException", "unhandledRejection", "exit", "SIGINT"]) {
    process.removeAllListeners(event);
  }
  for (const file of Object.keys(require.cache)) {
    // The packages of this checkout are links to folders beside node_modules.
    if (file === script || !/[\\/]node_modules[\\/]/.test(file)) {
      delete require.cache[file];
    }
  }
  require(script);
  return true;
}
