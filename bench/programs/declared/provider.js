/** A provider that does nothing, and compares arguments as any provider does. */
const { randomUUID } = require("node:crypto");
const { isDeepStrictEqual } = require("node:util");
const { outputs } = require("./outputs.js");

const own = ({ __provider, ...values }) => values;
const outs = (inputs) => ({ ...own(inputs), ...outputs });

exports.check = async (_before, inputs) => ({ inputs: own(inputs), failures: [] });
exports.diff = async (_id, before, inputs) => ({
  changes: Object.entries(own(inputs)).some(([name, value]) => !isDeepStrictEqual(before[name], value)),
});
exports.create = async (inputs) => ({ id: randomUUID(), outs: outs(inputs) });
exports.read = async (id, props) => ({ id, props: own(props) });
exports.update = async (_id, _before, inputs) => ({ outs: outs(inputs) });
exports.delete = async () => {};
