/** Tables about the service itself, and about the programs that use it. */
import type { ColumnType } from "kysely";

/** Which service the database is of: one row. */
export interface ServiceIdentityTable {
  id: string;
}

/** When a backup took the place of the original. */
export interface ServiceRestoresTable {
  id: string;
  taken_at: Date;
  restored_at: Date;
}

/** The runs of programs that make objects: see runs.ts. */
export interface RunsTable {
  /** The UUIDv7 that the program gave it. */
  id: string;
  /** Who reports its status. */
  principal: string;
  status: "alive" | "ended" | "lost";
  heard_at: Date;
  /** The externalIds of creates that were never answered; null where there is none. */
  unanswered: ColumnType<readonly string[] | null, string | null, string | null>;
}
