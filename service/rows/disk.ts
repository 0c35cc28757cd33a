/** The free disk space that the embedded database needs, and the messages for system errors. */
import { statfsSync } from "node:fs";

const mebibyte = 1024 * 1024;

/**
 * The free space below which changes are refused, in bytes. The database must still be able to finish the change in
 * progress, a checkpoint or a recovery; each may need a new segment of the write-ahead log, which has 16 MiB.
 */
export const reserveBytes: number = 48 * mebibyte;

/** The free space below which a change in progress is refused, in bytes. */
export const lastReserveBytes: number = 24 * mebibyte;

/** The additional free space before changes are accepted again, so that a disk at the limit doesn't flap. */
const marginBytes = 8 * mebibyte;

/** The size of a new, empty database, in bytes. */
export const newDatabaseBytes: number = 48 * mebibyte;

/** Returns the free bytes of a folder's disk for this user; undefined if unknown. */
export type FreeBytes = (folder: string) => number | undefined;

/** Reads the free space from the system, which is fast. */
export const freeBytes: FreeBytes = (folder) => {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
};

/** Whether there is enough free space for a change; a disk that was full needs a margin. */
export function hasRoom(free: number | undefined, wasFull: boolean): boolean {
  return free === undefined || free >= reserveBytes + (wasFull ? marginBytes : 0);
}

/** Formats a number of bytes. */
export function inMebibytes(bytes: number): string {
  return `${Math.floor(bytes / mebibyte)} MiB`;
}

const noPermission =
  "this user doesn't have permission to read and write it. Change its owner or its mode, or choose another folder";

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "its disk is full. Free some disk space",
  EDQUOT: "the disk quota of this user is used up. Free some disk space, or raise the quota",
  EFBIG: "the limit on the size of a file is too low. Raise it (`ulimit -f`)",
  EROFS: "its file system is read-only. Make it writable, or choose another folder",
  EACCES: noPermission,
  EPERM: noPermission,
  EEXIST: "it is a file, not a folder. Choose another folder",
  ENOTDIR: "a part of its path is a file, not a folder. Choose another folder",
  EISDIR: "a folder is in the place of a file. Move it away",
  ELOOP: "its path leads in a circle of links. Choose another folder",
  ENAMETOOLONG: "its path is too long. Choose another folder",
  EMFILE: "this process has too many files open. Raise the limit (`ulimit -n`)",
  ENFILE: "this machine has too many files open. Close some",
  EIO: "its disk reports an error. Check the disk",
};

/** The reason why a folder can't be used, and what to do, without the final period. */
export function reasonOfSystemError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ""] ?? (message || String(code ?? error));
}
