/** How tests open a database: as the service does, and every statement is checked against the rules of portability. */
import {
  connect as connectUnwatched,
  type DatabaseLocation,
  openDatabase as openUnwatched,
} from "../../service/rows/database.ts";
import type { DatabaseLog } from "../../service/rows/embedded-database.ts";
import type { Database } from "../../service/rows/tables.ts";
import { collectStatement } from "./statements.ts";

/** `openDatabase` of the service. */
export function openDatabase(location: DatabaseLocation, log?: DatabaseLog): Promise<Database> {
  return openUnwatched(location, collectStatement, log);
}

/** `connect` of the service. */
export function connect(location: DatabaseLocation): Database {
  return connectUnwatched(location, collectStatement);
}
