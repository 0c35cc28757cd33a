/** Whether a stack is locked, on a backend of folders. The CLI doesn't tell, but it says where the folder is. */
import { existsSync, readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** A stack of a backend where every stack belongs to `organization`. */
export interface NamedStack {
  readonly project: string;
  /** Without organization and project. */
  readonly name: string;
}

/** How a state's file may end: it may be compressed. */
const stateEnds = [".json", ".json.gz", ".json.zst"];

/**
 * @param given the stack's name as the CLI takes it: alone, after its organization, or after that and its project
 * @param project what the project in the folder is called
 */
export function stackNamed(given: string, project: string): NamedStack {
  const parts = given.split("/");
  return { project: (parts.length === 3 ? parts[1] : undefined) ?? project, name: parts.at(-1) ?? given };
}

/**
 * Looks for a stack's locks.
 *
 * @param backend the address of a backend of folders or buckets
 * @param from where the CLI runs: a folder's address may be relative
 * @returns undefined in a bucket, and where the stack's state isn't found, as its locks wouldn't be either
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
    // What can't be read may be locked or not.
    return undefined;
  }
}

/** Where the engine keeps a stack's state, without the file's end, and its locks. */
function layoutsOf({ project, name }: NamedStack) {
  return [
    { state: `stacks/${project}/${name}`, locks: `locks/organization/${project}/${name}` },
    // A backend from before stacks belonged to projects stays as it is until `pulumi state upgrade`.
    { state: `stacks/${name}`, locks: `locks/${name}` },
  ];
}

/** The folder of an address as the engine takes it: `pulumi login --local` makes it `file://~`. */
function folderOf(backend: string, from: string): string {
  const [place = ""] = backend.slice("file://".length).split("?");
  const given = decodeURIComponent(place);
  // `file:///C:/…`, as Windows has it.
  const folder = process.platform === "win32" && /^\/[A-Za-z]:/.test(given) ? given.slice(1) : given;
  // The home that the system has for the user, as for the engine; HOME may be another.
  return folder.startsWith("~") ? path.join(os.userInfo().homedir, folder.slice(2)) : path.resolve(from, folder);
}
