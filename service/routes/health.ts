import { sql } from "kysely";
import { contractText } from "../contract.ts";
import { Refusal } from "../problems.ts";
import { publicRead, type Routes } from "../route.ts";

/** The routes about the service itself. */
export const healthRoutes: Routes<"getLiveness" | "getReadiness" | "getContract"> = {
  getLiveness: publicRead(() => ({ status: "ok" })),
  getReadiness: publicRead(async ({ db }) => {
    try {
      await sql`select 1`.execute(db);
    } catch (cause) {
      throw new Refusal("unavailable", "The database doesn't answer.", { cause });
    }
    return { status: "ok" };
  }),
  getContract: publicRead((_runtime, reply) => {
    reply.type("application/yaml");
    return contractText;
  }),
};
