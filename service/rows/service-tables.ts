/** The tables about the service itself and about runs, and those that only support others. */
import type { ColumnType } from "kysely";
import type { Schemas } from "roster-schema";

/** The identity of the service, in one row. */
export interface ServiceIdentityTable {
  id: string;
}

/** The restores that replaced the original. */
export interface ServiceRestoresTable {
  id: string;
  taken_at: Date;
  restored_at: Date;
}

/** The runs of programs: see runs.ts. */
export interface RunsTable {
  /** The UUIDv7 that the program chose. */
  id: string;
  /** The principal that reports the status. */
  principal: string;
  status: "alive" | "ended" | "lost";
  heard_at: Date;
  /** The externalIds of creates that got no answer; null if there are none. */
  unanswered: ColumnType<readonly string[] | null, string | null, string | null>;
}

/** The contents of the current logo, and of those that a release of an adoption can restore. */
export interface LogosTable {
  organization_id: string;
  sha256: string;
  media_type: Schemas["LogoMediaType"];
  size_bytes: number;
  content: Uint8Array;
}
