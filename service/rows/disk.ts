/** What the disk of the data folder has to have free, and what to do where it refuses. */
import { statfsSync } from "node:fs";

const mebibyte = 1024 * 1024;

/**
 * The space that changes leave free, in bytes. The database writes some things that nobody can refuse: the rest of the
 * change under way, a checkpoint, a recovery. Each may need a new segment of the write-ahead log, which has 16 MiB.
 */
export const reserveBytes: number = 48 * mebibyte;

/** The space that a change leaves free once it has begun, in bytes. */
export const lastReserveBytes: number = 24 * mebibyte;

/** How much more must be free before changes are accepted again, so that a disk at the limit doesn't flap. */
const marginBytes = 8 * mebibyte;

/** The space that a new database takes before anything is in it, in bytes. */
export const newDatabaseBytes: number = 48 * mebibyte;

/** How many bytes a folder's disk has free for this user; undefined where the system can't tell. */
export type FreeBytes = (folder: string) => number | undefined;

/** Asks the system, which answers from memory. */
export const freeBytes: FreeBytes = (folder) => {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
};

/** Whether there is room for a change, on a disk that was full before or was not. */
export function hasRoom(free: number | undefined, wasFull: boolean): boolean {
  return free === undefined || free >= reserveBytes + (wasFull ? marginBytes : 0);
}

/** A number of bytes, for people. */
export function inMebibytes(bytes: number): string {
  return `${Math.floor(bytes / mebibyte)} MiB`;
}

const noPermission = "this user may not read and write it. Change its owner or its mode, or choose another folder";

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "its disk is full. Free some disk space",
  EDQUOT: "the disk quota of this user is used up. Free some disk space, or raise the quota",
  EFBIG: "the limit on the size of a file is too low. Raise it (`ulimit -f`)",
  EROFS: "its file system is read-only. Make it writable, or choose another folder",
  EACCES: noPermission,
  EPERM: noPermission,
  EEXIST: "it is a file and not a folder. Choose another folder",
  ENOTDIR: "a part of its path is a file and not a folder. Choose another folder",
  EISDIR: "a folder is in the place of a file. Move it away",
  ELOOP: "its path leads in a circle of links. Choose another folder",
  ENAMETOOLONG: "its path is too long. Choose another folder",
  EMFILE: "this process has too many files open. Raise the limit (`ulimit -n`)",
  ENFILE: "this machine has too many files open. Close some",
  EIO: "its disk reports an error. Check the disk",
};

/** Why a folder can't be used, and what to do about it; without the last full stop. */
export function reasonOfSystemError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ""] ?? (message || String(code ?? error));
}
