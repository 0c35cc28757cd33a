/** Delivers a secret: to a file that only its owner can read. */
import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, rename, unlink } from "node:fs/promises";
import path from "node:path";
import { RosterError } from "../errors.ts";

/** Where a secret is delivered. */
export interface DeliveryTarget {
  /** The path of a file; a relative one is from the program's folder. */
  readonly file: string;
}

/** A secret could not be delivered. */
export class DeliveryError extends RosterError {
  override readonly name = "DeliveryError";

  /** @param then what happened to the secret, and what to do; each is printed on a separate line */
  constructor(reason: string, ...then: readonly string[]) {
    super([reason, ...then].join("\n  "));
  }
}

/** A prepared delivery. It ends with either {@link write} or {@link discard}. */
export interface Delivery {
  /**
   * Writes the secret, completely or not at all. The file holds the secret and nothing else, not even a line break.
   *
   * @throws DeliveryError if it can't be written; the file is then unchanged
   */
  write(secret: string): Promise<void>;
  /** Cancels the delivery, and leaves the file unchanged. */
  discard(): Promise<void>;
}

const ownerOnly = 0o600;

/**
 * Prepares a delivery before the secret exists, so that a file that can't be written is detected before anything is created.
 *
 * The secret is written to a temporary file in the same folder, which is then renamed. A symbolic link, anything other than a regular
 * file, another user's file, and a folder that doesn't exist or is a symbolic link are refused. Links further up belong to the
 * system, as `/tmp` does on macOS.
 *
 * @param label the words before the file in messages: by default, the argument that names it
 * @throws DeliveryError if the file can't be written
 */
export async function prepareDelivery({ file }: DeliveryTarget, label = "deliverTo.file: "): Promise<Delivery> {
  const destination = new TargetFile(file, label);
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
    // The umask may have removed permissions that the owner needs.
    await handle.chmod(ownerOnly);
    await handle.writeFile(secret);
    await handle.sync();
    await handle.close();
    const now = await destination.inspect();
    if (now.ino !== folder.ino || now.dev !== folder.dev) {
      throw destination.refusal(`${destination.folder} was replaced by another folder`);
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

/** The file that a secret is delivered to. */
class TargetFile {
  readonly target: string;
  readonly folder: string;
  /** As messages name it. */
  readonly #name: string;

  constructor(file: string, label: string) {
    this.#name = `${label}${file}`;
    this.target = path.resolve(file);
    this.folder = path.dirname(this.target);
  }

  /**
   * @returns the folder of the file
   * @throws DeliveryError if the file may not be written
   */
  async inspect(): Promise<Stats> {
    const folder = await this.#find(this.folder);
    if (folder === undefined) {
      throw this.refusal(`the folder ${this.folder} does not exist`);
    }
    if (folder.isSymbolicLink()) {
      throw this.refusal(`${this.folder} is a symbolic link: use the folder that it points to`);
    }
    if (!folder.isDirectory()) {
      throw this.refusal(`${this.folder} is not a folder`);
    }
    const existing = await this.#find(this.target);
    if (existing?.isSymbolicLink()) {
      throw this.refusal("it is a symbolic link: use the file that it points to");
    }
    if (existing?.isDirectory()) {
      throw this.refusal("it is a folder: use a file in it");
    }
    if (existing?.isFile() === false) {
      throw this.refusal("it is not a regular file");
    }
    if (existing !== undefined && process.geteuid !== undefined && existing.uid !== process.geteuid()) {
      throw this.refusal("the file belongs to another user");
    }
    return folder;
  }

  refusal(reason: string): DeliveryError {
    return new DeliveryError(`${this.#name} can't be written: ${reason}.`);
  }

  /** Explains an error of the operating system, with its code, such as `EACCES`. */
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
  EACCES: "you don't have permission to write to its folder",
  EPERM: "you don't have permission to write to its folder",
  EROFS: "the file system is read-only",
  ENOSPC: "the file system is full",
  EDQUOT: "your quota on the file system is used up",
  ENOTDIR: "a part of its path is not a folder",
  ELOOP: "its path contains a loop of symbolic links",
  ENAMETOOLONG: "its path is too long",
};

/** Makes the rename durable. If the file system can't sync a folder, only a power failure can undo the rename. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, constants.O_RDONLY);
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    ignore(error);
  }
}

function ignore(_error: unknown): void {}
