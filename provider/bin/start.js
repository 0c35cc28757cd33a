/**
 * Starts the plugin, or says which Node.js it needs. Nothing here is newer than Node.js 6, so that an old one runs it.
 */
const { engines } = require("../package.json");

const needed = Number.parseInt(engines.node.replace(/\D+/, ""), 10);
if (Number.parseInt(process.versions.node, 10) < needed) {
  process.stderr.write(
    `pulumi-resource-roster needs Node.js ${needed} or newer, and the node on PATH is ${process.versions.node}. ` +
      "Install a newer one: https://nodejs.org\n",
  );
  process.exitCode = 1;
} else {
  require("../dist/plugin/main.js");
}
