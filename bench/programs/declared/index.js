/**
 * Declares what resources.json has, as a compiled program does, with the front that the environment names. A resource of kind `Empty`
 * is one of a provider that does nothing, and the program then doesn't load Roster's. `{ "$": name }` stands for the resource of that name, and
 * `{ "$members": { count, role, changed } }` for so many members, of whom the first has another role where one is given, and
 * `{ "$assignees": { count } }` for the same addresses.
 */
const { readFileSync } = require("node:fs");
const path = require("node:path");

const resources = new Map();

for (const { kind, name, args } of JSON.parse(readFileSync(path.join(__dirname, "resources.json"), "utf8"))) {
  const Kind = classOf(kind);
  resources.set(name, new Kind(name, resolve(args)));
}

function classOf(kind) {
  if (kind === "Empty") {
    return require("./empty.js").Empty;
  }
  return process.env.FRONT_UNDER_TEST === "native"
    ? require("./native.js").classOf(kind)
    : require("pulumi-roster")[kind];
}

function resolve(value) {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(resolve);
  }
  if ("$" in value) {
    return resources.get(value.$);
  }
  if ("$members" in value) {
    return members(value.$members);
  }
  if ("$assignees" in value) {
    return addresses(value.$assignees.count);
  }
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, resolve(inner)]));
}

function members({ count, role, changed }) {
  return Object.fromEntries(addresses(count).map((address, at) => [address, (at === 0 && changed) || role]));
}

function addresses(count) {
  return Array.from({ length: count }, (_, at) => `member-${at}@bench.example`);
}
