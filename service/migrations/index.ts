import type { Migration } from "kysely/migration";
import * as core from "./0001-core.ts";
import * as takeOver from "./0002-take-over.ts";
import * as adoption from "./0003-adoption.ts";
import * as links from "./0004-links.ts";
import * as people from "./0006-people.ts";

/** Every migration by name, in the order in which they run; a released one is never changed. */
export const migrations: Record<string, Migration> = {
  "0001-core": core,
  "0002-take-over": takeOver,
  "0003-adoption": adoption,
  "0004-links": links,
  "0006-people": people,
};
