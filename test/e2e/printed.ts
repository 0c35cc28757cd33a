/** What `pulumi` prints of its problems, as a person reads it, without what differs from run to run. */

/** Each resource's part of the diagnostics, by its kind and name, such as `Role releaser`; `Stack` is the program's. */
export type Diagnostics = ReadonlyMap<string, string>;

const varying: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z]{3})_[0-9a-f]{32}\b/g, "<$1>"],
  [/\b\d{4}-\d{2}-\d{2}T[\d:]+\.\d{3}Z/g, "<time>"],
  [/127\.0\.0\.1:\d{4,5}\b/g, "127.0.0.1:<port>"],
  [/\bat \d{4}-\d{2}-\d{2}T[\d:.]+Z/g, "at <time>"],
  // What the engine calls the kinds of either front.
  [/\b(?:pulumi-nodejs:dynamic\/roster|roster:index):(?=[A-Z])/g, "roster:"],
  // How often and how long a request was tried depends on how busy the machine is, but once is once.
  [/\b(?!1 )\d+ attempts in \d+\.\d s/g, "<several> attempts in <duration>"],
  [/\b1 attempt in \d+\.\d s/g, "1 attempt in <duration>"],
];

/**
 * What the engine itself says of every program that is not installed as a package, and of every resource that the
 * program waited for in vain: that is said at the resource too.
 */
const engines = [
  /^warning: Could not find a package\.json.*$/gm,
  /^error: Error: (?:error serializing property "\w+": )*resource \S+ \[\S+\] failed to register$(?:\n {4}at .*$)*/gm,
];

/**
 * Reads the diagnostics that a run of the engine ends with.
 *
 * @param folder the stack's, which is named in messages about its files
 */
export function diagnosticsOf(output: string, folder: string): Diagnostics {
  const [, diagnostics = ""] = output.split(/^Diagnostics:$/m);
  const parts = new Map<string, string[]>();
  let part: string[] | undefined;
  for (const line of diagnostics.split("\n").slice(1)) {
    const [, type, name] = /^ {2}(\S+) \((.+)\):$/.exec(line) ?? [];
    if (type !== undefined && name !== undefined) {
      part = [];
      parts.set(type === "pulumi:pulumi:Stack" ? "Stack" : `${type.split(":").at(-1)} ${name}`, part);
    } else if (/^\S/.test(line)) {
      // The resources' count or the outputs: the diagnostics are over.
      break;
    } else {
      part?.push(line.replace(/^ {4}/, "").trimEnd());
    }
  }
  const texts = [...parts].map(([resource, lines]) => [resource, normalised(lines.join("\n"), folder)] as const);
  return new Map(texts.filter(([, text]) => text !== ""));
}

function normalised(text: string, folder: string): string {
  const ours = engines.reduce((left, pattern) => left.replaceAll(pattern, ""), text.replaceAll(folder, "<folder>"));
  return varying.reduce((same, [pattern, name]) => same.replaceAll(pattern, name), ours).trim();
}
