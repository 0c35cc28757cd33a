/** Whether a stack is locked, for backends in a file system. The CLI doesn't report locks, but reports the folder. */
import { existsSync, readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** A stack of a backend in which every stack belongs to `organization`. */
export interface NamedStack {
  readonly project: string;
  /** Without organization and project. */
  readonly name: string;
}

/** The possible endings of a state file, which may be compressed. */
const stateEnds = [".json", ".json.gz", ".json.zst"];

/**
 * Parses the name of a stack.
 *
 * @param given the name as the CLI accepts it: alone, after an organization, or after an organization and a project
 * @param project the name of the project in the folder
 */
export function stackNamed(given: string, project: string): NamedStack {
  const parts = given.split("/");
  return { project: (parts.length === 3 ? parts[1] : undefined) ?? project, name: parts.at(-1) ?? given };
}

/**
 * Looks for a stack's locks.
 *
 * @param backend the address of a backend in a file system or a bucket
 * @param from the folder where the CLI runs, because the address may be relative
 * @returns undefined for a bucket, and if the state of the stack isn't found, because its locks can't be found either
 */
export function isLockedAt(backend: string, from: string, stack: NamedStack): boolean | undefined {
  if (!backend.startsWith("file://")) {
    return undefined;
  }
  try {
    const root = path.join(folderOf(backend, from), ".pulumi");
    const layout = layoutsOf(stack).find(({ state }) =>
      stateEnds.some((end) => existsSync(path.join(root, `${state}${end}`))),
    );
    if (layout === undefined) {
      return undefined;
    }
    const locks = path.join(root, layout.locks);
    return existsSync(locks) && readdirSync(locks).some((file) => file.endsWith(".json"));
  } catch {
    // If the folder can't be read, the stack may or may not be locked.
    return undefined;
  }
}

/** The paths of a stack's state, without the ending of the file, and of its locks. */
function layoutsOf({ project, name }: NamedStack) {
  return [
    { state: `stacks/${project}/${name}`, locks: `locks/organization/${project}/${name}` },
    // A backend from before stacks belonged to projects keeps this layout until `pulumi state upgrade`.
    { state: `stacks/${name}`, locks: `locks/${name}` },
  ];
}

/** The folder of an address, as the engine interprets it: `pulumi login --local` sets it to `file://~`. */
function folderOf(backend: string, from: string): string {
  const [place = ""] = backend.slice("file://".length).split("?");
  const given = decodeURIComponent(place);
  // The form `file:///C:/…` on Windows.
  const folder = process.platform === "win32" && /^\/[A-Za-z]:/.test(given) ? given.slice(1) : given;
  // The home folder of the system's user, as in the engine; HOME may differ.
  return folder.startsWith("~") ? path.join(os.userInfo().homedir, folder.slice(2)) : path.resolve(from, folder);
}
