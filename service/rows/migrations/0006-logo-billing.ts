/** Migration: logos, and subscriptions at Stripe. */
import type { Kysely } from "kysely";

/** Adds logos, and the subscription at Stripe of an organization's plan. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of ["logo_sha256", "logo_media_type", "stripe_subscription"]) {
    await db.schema.alterTable("organizations").addColumn(column, "text").execute();
  }
  await db.schema.alterTable("organizations").addColumn("logo_size_bytes", "integer").execute();
  await db.schema
    .createIndex("organizations_by_stripe_subscription")
    .on("organizations")
    .column("stripe_subscription")
    .execute();
  await db.schema
    .createTable("logos")
    .addColumn("organization_id", "text", (column) => column.notNull().references("organizations.id"))
    .addColumn("sha256", "text", (column) => column.notNull())
    .addColumn("media_type", "text", (column) => column.notNull())
    .addColumn("size_bytes", "integer", (column) => column.notNull())
    .addColumn("content", "bytea", (column) => column.notNull())
    .addPrimaryKeyConstraint("logos_key", ["organization_id", "sha256"])
    .execute();
}
