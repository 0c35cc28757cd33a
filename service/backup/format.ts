/**
 * The format of a backup file: gzipped JSON lines. The first line is the header. Each row is a line `[table, value, …]` in
 * the order of the header's columns, with values as PostgreSQL writes them as text, or null. The last line is a seal.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import type { Peppers } from "../keys/peppers.ts";
import { BackupError } from "./backup-error.ts";
import { backupKey, type KeyMarks } from "./keys.ts";
import type { StoredTable } from "./tables.ts";

const format = "roster-backup";
const version = 1;

const anyHeader = z.object({ format: z.literal(format), version: z.int() });

/** Values by name. `z.record` drops the name `__proto__`, which a pepper or a signing key may have. */
function valuesByName<Value>(schema: z.ZodType<Value>) {
  return z.custom<Readonly<Record<string, Value>>>(
    (given) =>
      z.looseObject({}).safeParse(given).success &&
      Object.values(given as object).every((value) => schema.safeParse(value).success),
  );
}

const headerSchema = z.strictObject({
  format: z.literal(format),
  version: z.literal(version),
  takenAt: z.iso.datetime(),
  migration: z.string(),
  pepperVersion: z.string(),
  peppers: valuesByName(z.string()),
  signingKeys: valuesByName(z.string()),
  tables: z.array(
    z.strictObject({ name: z.string(), columns: z.array(z.strictObject({ name: z.string(), type: z.string() })) }),
  ),
});

const rowSchema = z.tuple([z.string()], z.string().nullable());

const endSchema = z.strictObject({ rows: valuesByName(z.int()), mac: z.string() });

/** The header of a backup. */
export interface BackupHeader extends KeyMarks {
  readonly format: typeof format;
  readonly version: typeof version;
  /** The time of the snapshot, RFC 3339. */
  readonly takenAt: string;
  /** The latest migration of the tables. */
  readonly migration: string;
  /** The pepper that seals the backup. */
  readonly pepperVersion: string;
  /** The tables, in the order in which they can be filled. */
  readonly tables: readonly StoredTable[];
}

/** The number of rows of each table. */
export type RowCounts = Readonly<Record<string, number>>;

/** A row as the file stores it. */
export interface BackupRow {
  readonly table: string;
  /** The JSON array, with the table's name first. */
  readonly line: string;
}

/** Creates a header with the current version of the format. */
export function makeHeader(header: Omit<BackupHeader, "format" | "version">): BackupHeader {
  return { format, version, ...header };
}

/** Creates the lines of a backup, and seals them. */
export class BackupLines {
  readonly #mac: ReturnType<typeof createHmac>;
  readonly #counts: Record<string, number>;
  readonly #header: BackupHeader;

  /** @throws Error if the header's pepper is not listed. */
  constructor(header: BackupHeader, peppers: Peppers) {
    this.#header = header;
    this.#mac = createMac(header, peppers);
    this.#counts = Object.fromEntries(header.tables.map(({ name }) => [name, 0]));
  }

  /** The number of rows so far. */
  get counts(): RowCounts {
    return this.#counts;
  }

  /** The first line. */
  header(): string {
    return this.#sealed(JSON.stringify(this.#header));
  }

  /** The lines of at least one row of a table. */
  rows(table: string, rows: readonly (readonly (string | null)[])[]): string {
    this.#counts[table] = (this.#counts[table] ?? 0) + rows.length;
    return this.#sealed(rows.map((values) => JSON.stringify([table, ...values])).join("\n"));
  }

  /** The last line. */
  end(): string {
    return `${JSON.stringify({ rows: this.#counts, mac: this.#mac.digest("base64url") })}\n`;
  }

  #sealed(text: string): string {
    const lines = `${text}\n`;
    this.#mac.update(lines);
    return lines;
  }
}

/**
 * Reads the header of a backup, without verifying the seal.
 *
 * @throws BackupError if the file is not a backup, or has a later version.
 */
export async function readHeader(path: string): Promise<BackupHeader> {
  for await (const line of linesIn(path)) {
    const value = readJson(line);
    const any = anyHeader.safeParse(value);
    if (!any.success) {
      break;
    }
    if (any.data.version > version) {
      throw new BackupError(
        `${path} has a later format (${any.data.version}). Restore it with the version of the service that made it.`,
      );
    }
    const header = headerSchema.safeParse(value);
    if (header.success) {
      return header.data;
    }
    break;
  }
  throw new BackupError(`${path} is not a backup of this service. Use a file that the command backup wrote.`);
}

/**
 * Reads every row, in the order of the header's tables, and then verifies the seal. Don't trust the rows before this
 * function has finished.
 *
 * @throws BackupError if the file is incomplete or altered, or if its pepper is not listed.
 */
export async function* readRows(path: string, header: BackupHeader, peppers: Peppers): AsyncGenerator<BackupRow> {
  const mac = createMac(header, peppers);
  const widths = new Map(header.tables.map(({ name, columns }) => [name, columns.length + 1]));
  const counts: Record<string, number> = Object.fromEntries(header.tables.map(({ name }) => [name, 0]));
  let previous: string | undefined;
  let isHeader = true;
  for await (const line of linesIn(path)) {
    if (previous !== undefined) {
      mac.update(`${previous}\n`);
      if (!isHeader) {
        yield readRow(path, previous, widths, counts);
      }
      isHeader = false;
    }
    previous = line;
  }
  const end = endSchema.safeParse(readJson(previous ?? ""));
  const made = mac.digest();
  const stored = Buffer.from(end.data?.mac ?? "", "base64url");
  if (stored.length !== made.length || !timingSafeEqual(stored, made)) {
    throw notWhole(path);
  }
  if (Object.entries(counts).some(([table, count]) => end.data?.rows[table] !== count)) {
    throw notWhole(path);
  }
}

function readRow(
  path: string,
  line: string,
  widths: ReadonlyMap<string, number>,
  counts: Record<string, number>,
): BackupRow {
  const row = rowSchema.safeParse(readJson(line));
  const [table = ""] = row.data ?? [];
  if (row.data === undefined || row.data.length !== widths.get(table)) {
    throw notWhole(path);
  }
  counts[table] = (counts[table] ?? 0) + 1;
  return { table, line };
}

function createMac({ pepperVersion }: BackupHeader, peppers: Peppers): ReturnType<typeof createHmac> {
  const pepper = peppers.find(pepperVersion);
  if (pepper !== undefined) {
    return createHmac("sha256", backupKey(pepper));
  }
  throw new BackupError(
    `ROSTER_KEY_PEPPERS: the backup is sealed with the pepper ${pepperVersion}, which is not listed. ` +
      "Add it to the list: the restored keys and audit need it too.",
  );
}

async function* linesIn(path: string): AsyncGenerator<string> {
  const unzipped = createGunzip();
  // An error on either side ends the other side; the loop below throws it.
  pipeline(createReadStream(path), unzipped, () => {});
  unzipped.setEncoding("utf8");
  // A line may arrive in many parts: join them only once.
  let parts: string[] = [];
  try {
    for await (const text of unzipped as AsyncIterable<string>) {
      const [end = "", ...starts] = text.split("\n");
      parts.push(end);
      for (const start of starts) {
        yield parts.join("");
        parts = [start];
      }
    }
  } catch (error) {
    if (/^Z_/.test((error as NodeJS.ErrnoException).code ?? "")) {
      throw notWhole(path, error);
    }
    throw error;
  }
  if (parts.join("") !== "") {
    throw notWhole(path);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notWhole(path: string, cause?: unknown): BackupError {
  return new BackupError(
    `${path} is not a complete backup: it was cut off or altered, or is another kind of file. Nothing was restored. Use another copy of it.`,
    { cause },
  );
}
