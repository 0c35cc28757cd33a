/** Declares what roster.yaml has, as a compiled program does. */
const path = require("node:path");
const { fromManifest } = require("pulumi-roster");

fromManifest(path.join(__dirname, "roster.yaml"));
