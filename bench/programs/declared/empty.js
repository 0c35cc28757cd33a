/**
 * A resource of a provider that does nothing: what the engine takes by itself. Where outputs.json is, each has what it says as
 * outputs, and as secret ones, so that there is as much to write down as of another provider's.
 */
const pulumi = require("@pulumi/pulumi");
const path = require("node:path");
const { outputs, secrets } = require("./outputs.js");

exports.Empty = class extends pulumi.CustomResource {
  constructor(name, args) {
    const provider = JSON.stringify(path.join(__dirname, "provider.js"));
    const none = Object.fromEntries(Object.keys(outputs).map((output) => [output, undefined]));
    const __provider = `exports.handler=()=>require(${provider})`;
    super(
      "pulumi-nodejs:dynamic/bench:Empty",
      name,
      { ...none, ...args, __provider },
      { additionalSecretOutputs: secrets },
    );
  }
};
