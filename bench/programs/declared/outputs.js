/** What each resource has as outputs, and which of them are secret: nothing, unless outputs.json says so. */
const { existsSync } = require("node:fs");
const path = require("node:path");

const file = path.join(__dirname, "outputs.json");

module.exports = existsSync(file) ? require(file) : { outputs: {}, secrets: [] };
