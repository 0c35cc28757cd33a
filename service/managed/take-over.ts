/** Take-over: a create takes over an object that an earlier run of the same program created, but got no answer for. */
import type { Insertable } from "kysely";
import { isId } from "roster-schema";
import { takeOverLinks } from "../auth/links.ts";
import type { Call, CallerContext, Context } from "../auth/operation.ts";
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
/** The length of the time in a UUIDv7: 48 bits, with a hyphen. */
const timeLength = "01234567-89ab".length;

/** The object that a create makes: a new one, or a lost one that it takes over. */
export interface Identity<T> {
  readonly id: string;
  /** The lost object before the take-over. */
  readonly lost: T | undefined;
}

/**
 * Decides which object a create makes; call it after the caller has been authorized.
 *
 * @param scope the scope of the externalId; null is the whole service.
 * @throws Refusal `external_id_taken` if a live object that isn't a lost create has the externalId.
 */
export type Identify<T> = (scope: string | null) => Promise<Identity<T>>;

/** The take-over of one create. */
export class TakeOver<T extends Managed> {
  readonly #call: Context;
  readonly #resource: Resource<T>;
  readonly #externalId: string | null;
  #lost: T | undefined;
  /** The existing object with the externalId, if the caller doesn't name a run. */
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
    if (item === undefined || fate.is !== "lost") {
      throw await existsAlready(call, resource, found.id, fate);
    }
    this.#lost = item;
    return { id: found.id, lost: item };
  };

  /** Whether an object is a lost create of an earlier run with this externalId. */
  async isLost(item: T): Promise<boolean> {
    if (item.externalId !== this.#externalId) {
      return false;
    }
    const { table } = this.#resource;
    const found = this.#call.db.selectFrom(table).select(creationColumns).where("id", "=", item.id);
    return (await this.#fateOf(item, await found.executeTakeFirst())).is === "lost";
  }

  async #fateOf(item: T, found: CreatedColumns | undefined): Promise<Fate> {
    const run = found?.created_run ?? null;
    return fateOf(this.#call, this.#resource, item, found, run === null ? undefined : await findRun(this.#call, run));
  }

  /** Converts the error of a failed create, so that the refusal of a taken externalId is always the same. */
  async failure(error: unknown): Promise<unknown> {
    const isTaken = error instanceof Refusal && error.code === "external_id_taken";
    if (!isTaken || this.#existing === undefined) {
      return error;
    }
    return await existsAlready(this.#call, this.#resource, this.#existing);
  }

  /**
   * The object before the create, if it was taken over.
   *
   * @throws Refusal `external_id_taken` if the natural key differs; the transaction is then rolled back.
   */
  async before(after: T): Promise<T | undefined> {
    const lost = this.#lost;
    if (lost === undefined || lost.id !== after.id) {
      return undefined;
    }
    const { naturalKey } = this.#resource;
    if (isSame(naturalKey(lost), naturalKey(after))) {
      return lost;
    }
    throw await existsAlready(this.#call, this.#resource, lost.id);
  }
}

/** What happens to an object when a run creates it again. */
export type Fate =
  | { readonly is: "kept" }
  | { readonly is: "lost" }
  /** The run that created it is alive; the object is lost if that run stays silent for this time. */
  | { readonly is: "unsettled"; readonly inMs: number };

const kept: Fate = { is: "kept" };

/**
 * Decides whether a create of the caller would take over an object with the same externalId and natural key.
 *
 * @param found who created the object when; undefined if unknown.
 * @param maker the state of the run that created the object; undefined if the run never reported.
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
  // A run that never reported is from an earlier version, and may be alive.
  if (!mayBeLost || maker === undefined) {
    return kept;
  }
  if (maker.silentInMs !== undefined) {
    return { is: "unsettled", inMs: maker.silentInMs };
  }
  const isLost = maker.status !== "ended" || maker.unanswered.includes(item.externalId ?? "");
  return isLost ? { is: "lost" } : kept;
}

/** Whether one run started before another. */
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
  const dependsOn = [{ kind: resource.kind, id }];
  if (fate.is === "unsettled") {
    const advice = "The run that created it is still active, or ended moments ago. Wait for it to end, or set `adopt`.";
    const retryAfterSeconds = Math.max(1, Math.ceil(fate.inMs / 1000));
    return new Refusal("external_id_taken", `${detail} ${advice}`, { retryable: true, retryAfterSeconds, dependsOn });
  }
  const advice = "Set `adopt` to manage that one, or choose another externalId.";
  return new Refusal("external_id_taken", `${detail} ${advice}`, { dependsOn });
}

/** Makes the caller the requester of a lost create's mailed link. @returns whether there is such a link. */
export async function takesOverLink<T>(call: CallerContext, { id, lost }: Identity<T>): Promise<boolean> {
  return lost !== undefined && (await takeOverLinks(call, id));
}

type KnownObjects = Pick<Context, "db" | "now"> & { readonly table: ManagedTable };

const knownObjects = sharedWrite("known objects", ({ db, now, table }: KnownObjects, ids: readonly string[]) =>
  db.updateTable(table).set({ known_at: now }).where("id", "in", ids).where("known_at", "is", null).execute(),
);

/** Marks an object as known, because it was changed and is therefore not a lost create. */
export async function markKnown<T extends Managed>(
  { db, now }: Pick<Context, "db" | "now">,
  { table }: Resource<T>,
  id: string,
): Promise<void> {
  await executeShared(knownObjects, { db, now, table }, id);
}

/**
 * Marks objects of a kind as known, because they are in a stack's state; only if the caller can read them.
 *
 * @param written what the run has created, of every kind
 */
export async function markWritten(
  { db, now, principal }: Pick<Context, "db" | "now" | "principal">,
  resource: Pick<Resource<never>, "kind" | "reading" | "table" | "organizationColumn">,
  run: string,
  written: readonly string[],
): Promise<void> {
  const { kind, reading, table, organizationColumn } = resource;
  const scope = principal.rights.where(reading);
  const ids = scope.length === 0 ? [] : written.filter((id) => isId(kind, id));
  for (let at = 0; at < ids.length; at += rowsPerStatement) {
    // The tables share these columns, which Kysely's types don't express for a variable.
    let rows = db
      .updateTable(table as "roles")
      .set({ known_at: now })
      .where("id", "in", ids.slice(at, at + rowsPerStatement))
      .where("created_run", "=", run)
      .where("known_at", "is", null);
    if (scope !== "everywhere") {
      rows = rows.where(organizationColumn as "organization_id", "in", scope);
    }
    await rows.execute();
  }
}

type GivenColumns<T extends ManagedTable> = Omit<
  Insertable<Tables[T]>,
  "id" | "created_by" | "created_at" | "created_run" | "known_at" | "updated_at"
>;

/** The columns that the tables share; Kysely's types don't express them for a variable. */
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

/** Stores the object of a create, with who created it when. A taken-over object is overwritten. */
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
