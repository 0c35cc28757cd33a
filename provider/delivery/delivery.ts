/** Handing a secret on: to a file that nobody but its owner can read. */
import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, rename, unlink } from "node:fs/promises";
import path from "node:path";
import { RosterError } from "../errors.ts";

/** Where a secret is handed on to. */
export interface DeliveryTarget {
  /** The path of a file; a relative one is from the program's folder. */
  readonly file: string;
}

/** A secret could not be handed on. */
export class DeliveryError extends RosterError {
  override readonly name = "DeliveryError";

  /** @param then what has become of the secret, and what to do; each in a line of its own */
  constructor(reason: string, ...then: readonly string[]) {
    super([reason, ...then].join("\n  "));
  }
}

/** A place that is ready to take a secret. Either {@link write} or {@link discard} ends it. */
export interface Delivery {
  /**
   * Puts the secret in its place, whole or not at all: the file holds the secret and nothing else, no line's end either.
   *
   * @throws DeliveryError if it can't, and the file is what it was
   */
  write(secret: string): Promise<void>;
  /** Leaves everything as it was. */
  discard(): Promise<void>;
}

const ownerOnly = 0o600;

/**
 * Makes ready to hand a secret on, before there is one: so what can't be written is known while nothing has been made.
 *
 * The file is made beside its place and moved there. Refused are a symbolic link, what is no file, another user's file, and a folder
 * that isn't there or is a symbolic link. Links further up are the system's own, as `/tmp` is on macOS.
 *
 * @throws DeliveryError if there is something in the way
 */
export async function prepareDelivery({ file }: DeliveryTarget): Promise<Delivery> {
  const destination = new TargetFile(file);
  const folder = await destination.inspect();
  const temporary = path.join(destination.folder, `.roster-${randomBytes(8).toString("hex")}`);
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  let handle: FileHandle;
  try {
    handle = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, ownerOnly);
  } catch (error) {
    throw destination.failure(error);
  }
  const discard = async () => {
    await handle.close().catch(ignore);
    await unlink(temporary).catch(ignore);
  };
  const put = async (secret: string) => {
    // What the umask takes away, an owner needs.
    await handle.chmod(ownerOnly);
    await handle.writeFile(secret);
    await handle.sync();
    await handle.close();
    const now = await destination.inspect();
    if (now.ino !== folder.ino || now.dev !== folder.dev) {
      throw destination.refusal(`${destination.folder} has become another folder`);
    }
    await rename(temporary, destination.target);
  };
  const write = async (secret: string) => {
    try {
      await put(secret);
    } catch (error) {
      await discard();
      throw error instanceof DeliveryError ? error : destination.failure(error);
    }
    await syncFolder(destination.folder);
  };
  return { write, discard };
}

/** Where a file is to be. */
class TargetFile {
  readonly target: string;
  readonly folder: string;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.target = path.resolve(file);
    this.folder = path.dirname(this.target);
  }

  /**
   * @returns the folder that it is in
   * @throws DeliveryError if a file may not be put there
   */
  async inspect(): Promise<Stats> {
    const folder = await this.#find(this.folder);
    if (folder === undefined) {
      throw this.refusal(`there is no folder ${this.folder}`);
    }
    if (folder.isSymbolicLink()) {
      throw this.refusal(`${this.folder} is a symbolic link: name the folder that it leads to`);
    }
    if (!folder.isDirectory()) {
      throw this.refusal(`${this.folder} is no folder`);
    }
    const existing = await this.#find(this.target);
    if (existing?.isSymbolicLink()) {
      throw this.refusal("it is a symbolic link: name the file that it leads to");
    }
    if (existing?.isDirectory()) {
      throw this.refusal("it is a folder: name a file in it");
    }
    if (existing?.isFile() === false) {
      throw this.refusal("what is there is no regular file");
    }
    if (existing !== undefined && process.geteuid !== undefined && existing.uid !== process.geteuid()) {
      throw this.refusal("the file that is there is another user's");
    }
    return folder;
  }

  refusal(reason: string): DeliveryError {
    return new DeliveryError(`deliverTo.file: ${this.#file} can't be written: ${reason}.`);
  }

  /** What the operating system's refusal means; it names the code, as `EACCES`. */
  failure(error: unknown): DeliveryError {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    return this.refusal(`${reasons[code] ?? "the system refused it"} (${code})`);
  }

  async #find(destination: string): Promise<Stats | undefined> {
    try {
      return await lstat(destination);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") {
        return undefined;
      }
      throw this.failure(error);
    }
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "you may not write to its folder",
  EPERM: "you may not write to its folder",
  EROFS: "the file system is read-only",
  ENOSPC: "the file system is full",
  EDQUOT: "your part of the file system is full",
  ENOTDIR: "a part of its path is no folder",
  ELOOP: "its path leads in a circle",
  ENAMETOOLONG: "its path is too long",
};

/** The move is made: where a file system can't sync a folder, a power cut may undo it, and nothing else. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, constants.O_RDONLY);
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    ignore(error);
  }
}

function ignore(_error: unknown): void {}
