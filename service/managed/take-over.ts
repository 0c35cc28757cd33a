/** The rule by which a create takes over what an earlier run of the same program made and never learned of. */
import type { Insertable } from "kysely";
import { takeOverLinks } from "../auth/links.ts";
import type { Call, CallerContext, Context } from "../auth/operation.ts";
import { holds } from "../auth/principal.ts";
import { Refusal } from "../problems.ts";
import { newId } from "../rows/identifiers.ts";
import { executeShared, sharedWrite } from "../rows/shared-statements.ts";
import {
  type CreationColumns as CreatedColumns,
  creationColumns,
  type Database,
  type ManagedTable,
  type Tables,
} from "../rows/tables.ts";
import { isSame } from "./audit.ts";
import { isReadable, load, type Managed, type Resource } from "./resource.ts";
import { findRun, type RunState } from "./runs.ts";

const rowsPerStatement = 1000;
const lostWithinMs = 24 * 60 * 60 * 1000;
/** How many characters of a UUIDv7 its time takes: 48 bits, with a hyphen in between. */
const timeLength = "01234567-89ab".length;

/** Which object a create makes: a fresh one, or the lost one that it takes over. */
export interface Identity<T> {
  readonly id: string;
  /** The lost object as it was. */
  readonly lost: T | undefined;
}

/**
 * Decides which object a create makes, once what the caller may do is settled.
 *
 * @param scope within what the externalId is unique; null is the service.
 * @throws Refusal `external_id_taken` where the externalId is that of a live object that isn't a lost create.
 */
export type Identify<T> = (scope: string | null) => Promise<Identity<T>>;

/** One create's part in the rule. */
export class TakeOver<T extends Managed> {
  readonly #call: Context;
  readonly #resource: Resource<T>;
  readonly #externalId: string | null;
  #lost: T | undefined;
  /** The object that a caller who names no run collides with. */
  #existing: string | undefined;

  constructor(call: Call, resource: Resource<T>) {
    this.#call = call;
    this.#resource = resource;
    this.#externalId = (call.body as { readonly externalId?: string } | undefined)?.externalId ?? null;
  }

  readonly identify: Identify<T> = async (scope) => {
    const [call, resource] = [this.#call, this.#resource];
    const found = this.#externalId === null ? undefined : await resource.findLive(call, scope, this.#externalId);
    if (found === undefined || call.run === undefined) {
      this.#existing = found?.id;
      return { id: newId(resource.kind), lost: undefined };
    }
    const item = await load(call, resource, found.id);
    const fate = item === undefined ? kept : await this.#fateOf(item, found);
    if (item === undefined || fate.is !== "lost") throw await existsAlready(call, resource, found.id, fate);
    this.#lost = item;
    return { id: found.id, lost: item };
  };

  /** Whether an object is one that an earlier run of the caller made under this externalId and never learned of. */
  async isLost(item: T): Promise<boolean> {
    if (item.externalId !== this.#externalId) return false;
    const { table } = this.#resource;
    const found = this.#call.db.selectFrom(table).select(creationColumns).where("id", "=", item.id);
    return (await this.#fateOf(item, await found.executeTakeFirst())).is === "lost";
  }

  async #fateOf(item: T, found: CreatedColumns | undefined): Promise<Fate> {
    const run = found?.created_run ?? null;
    return fateOf(this.#call, this.#resource, item, found, run === null ? undefined : await findRun(this.#call, run));
  }

  /** What a failed create is answered with: the refusal of a taken externalId is the same for everybody. */
  async failure(error: unknown): Promise<unknown> {
    const isTaken = error instanceof Refusal && error.code === "external_id_taken";
    if (!isTaken || this.#existing === undefined) return error;
    return await existsAlready(this.#call, this.#resource, this.#existing);
  }

  /**
   * What the created object was before, where it was taken over.
   *
   * @throws Refusal `external_id_taken` where it would be another one by its natural key: the change is undone with it.
   */
  async before(after: T): Promise<T | undefined> {
    const lost = this.#lost;
    if (lost === undefined || lost.id !== after.id) return undefined;
    const { naturalKey } = this.#resource;
    if (isSame(naturalKey(lost), naturalKey(after))) return lost;
    throw await existsAlready(this.#call, this.#resource, lost.id);
  }
}

/** What becomes of an object when a run creates it again. */
export type Fate =
  | { readonly is: "kept" }
  | { readonly is: "lost" }
  /** The run that made it is alive; the object is lost if nothing is heard of that run for so long. */
  | { readonly is: "unsettled"; readonly inMs: number };

const kept: Fate = { is: "kept" };

/**
 * Decides whether a create of the caller would take an object over, if it has the same externalId and natural key.
 *
 * @param found who made it when; undefined where nobody knows.
 * @param maker what became of the run that made it; undefined where that never reported.
 */
export function fateOf<T extends Managed>(
  { now, run }: Pick<Context, "now" | "run">,
  resource: Resource<T>,
  item: T,
  found: CreatedColumns | undefined,
  maker: RunState | undefined,
): Fate {
  const mayBeLost =
    found !== undefined &&
    resource.isUsed?.(item) !== true &&
    run !== undefined &&
    found.created_run !== null &&
    found.created_run !== run &&
    found.known_at === null &&
    now.getTime() - found.created_at.getTime() < lostWithinMs;
  // A run that never reported is of an earlier version, and may be alive.
  if (!mayBeLost || maker === undefined) return kept;
  if (maker.silentInMs !== undefined) return { is: "unsettled", inMs: maker.silentInMs };
  const isLost = maker.status !== "ended" || maker.unanswered.includes(item.externalId ?? "");
  return isLost ? { is: "lost" } : kept;
}

/** Whether one run of a program began before another. */
export function isEarlier(run: string, other: string): boolean {
  return run.slice(0, timeLength) < other.slice(0, timeLength);
}

async function existsAlready<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  id: string,
  fate: Fate = kept,
): Promise<Refusal> {
  const item = await load(context, resource, id);
  const which = item !== undefined && (await isReadable(context, resource, item)) ? `: ${resource.noun} ${id}` : "";
  const detail = `An object with this externalId already exists${which}.`;
  if (fate.is === "unsettled") {
    const advice = "The run that created it is still active, or ended moments ago. Wait for it to end, or set `adopt`.";
    const retryAfterSeconds = Math.max(1, Math.ceil(fate.inMs / 1000));
    return new Refusal("external_id_taken", `${detail} ${advice}`, { retryable: true, retryAfterSeconds });
  }
  const advice = "Set `adopt` to manage that one, or choose another externalId.";
  return new Refusal("external_id_taken", `${detail} ${advice}`);
}

/** Whether a lost create has mailed its link already, which is in the name of whoever takes it over from now on. */
export async function takesOverLink<T>(call: CallerContext, { id, lost }: Identity<T>): Promise<boolean> {
  return lost !== undefined && (await takeOverLinks(call, id));
}

type KnownObjects = Pick<Context, "db" | "now"> & { readonly table: ManagedTable };

const knownObjects = sharedWrite("known objects", ({ db, now, table }: KnownObjects, ids: readonly string[]) =>
  db.updateTable(table).set({ known_at: now }).where("id", "in", ids).where("known_at", "is", null).execute(),
);

/** Notes that somebody has changed an object: it is nobody's lost create. */
export async function markKnown<T extends Managed>(
  { db, now }: Pick<Context, "db" | "now">,
  { table }: Resource<T>,
  id: string,
): Promise<void> {
  await executeShared(knownObjects, { db, now, table }, id);
}

/** Notes which objects of a run are in a stack's state, and so aren't lost creates; of the kinds that the caller may read. */
export async function markWritten(
  { db, now, principal }: Pick<Context, "db" | "now" | "principal">,
  { reading, table, organizationColumn }: Pick<Resource<never>, "reading" | "table" | "organizationColumn">,
  run: string,
  ids: readonly string[],
): Promise<void> {
  if (!holds(principal, reading)) return;
  for (let at = 0; at < ids.length; at += rowsPerStatement) {
    // The six tables share these columns, which Kysely's types don't see through a variable.
    let rows = db
      .updateTable(table as "roles")
      .set({ known_at: now })
      .where("id", "in", ids.slice(at, at + rowsPerStatement))
      .where("created_run", "=", run)
      .where("known_at", "is", null);
    if (principal.kind === "api_key") {
      rows = rows.where(organizationColumn as "organization_id", "=", principal.organization);
    }
    await rows.execute();
  }
}

type GivenColumns<T extends ManagedTable> = Omit<
  Insertable<Tables[T]>,
  "id" | "created_by" | "created_at" | "created_run" | "known_at" | "updated_at"
>;

/** Of what the six tables have in common; Kysely's types don't see it through a variable. */
type Row = Insertable<Tables["organizations"]>;

interface Stored {
  readonly db: Database;
  readonly table: ManagedTable;
  /** The columns that a create writes over a lost object, separated by spaces. */
  readonly columns: string;
}

const newObjects = sharedWrite("new objects", ({ db, table, columns }: Stored, rows: readonly Row[]) =>
  db
    .insertInto(table as "organizations")
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .column("id")
        .doUpdateSet(({ ref }) =>
          Object.fromEntries(columns.split(" ").map((name) => [name, ref(`excluded.${name as keyof Row}`)])),
        ),
    )
    .execute(),
);

/** Stores what a create makes, with who made it when; over the lost object where it takes that one over. */
export async function store<T extends ManagedTable>(
  { db, now, principal, run }: Context,
  table: T,
  id: string,
  given: GivenColumns<T>,
): Promise<void> {
  const written = { ...given, created_run: run ?? null, updated_at: now };
  const row = { ...written, id, created_by: principal.id, created_at: now } as unknown as Row;
  await executeShared(newObjects, { db, table, columns: Object.keys(written).join(" ") }, row);
}
