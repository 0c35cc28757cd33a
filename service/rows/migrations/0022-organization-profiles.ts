/** Migration: organization profiles. */
import { type Kysely, sql } from "kysely";

/** Adds who manages the profiles of organizations, and the join policies that an organization can choose from. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("organization_profiles")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("organization_id", "text", (column) => column.notNull().unique().references("organizations.id"))
    .addColumn("external_id", "text")
    .addColumn("adoption_depth", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("created_by", "text", (column) => column.notNull())
    .addColumn("created_at", "timestamptz", (column) => column.notNull())
    .addColumn("created_run", "text")
    .addColumn("known_at", "timestamptz")
    .execute();
  const columns = sql`external_id collate "C", id`;
  await db.schema
    .createIndex("organization_profiles_by_stack")
    .on("organization_profiles")
    .expression(columns)
    .execute();
  await db.schema
    .alterTable("organizations")
    .addColumn("allowed_join_policies", "jsonb", (column) =>
      column.notNull().defaultTo(sql`'["existing","invite","create"]'`),
    )
    .execute();
}
