/** The rule by which a create takes over what an earlier run of the same program made and never learned of. */
import type { Insertable } from "kysely";
import { isSame } from "./audit.ts";
import { newId } from "./identifiers.ts";
import type { Call, Context } from "./operation.ts";
import { Refusal } from "./problems.ts";
import { isReadable, load, type Managed, type Resource } from "./resource.ts";
import { type Created as CreatedColumns, createdColumns, type ManagedTable, type Tables } from "./tables.ts";
import { gatheredWrite } from "./together.ts";

const lostWithinMs = 24 * 60 * 60 * 1000;
/** How much of a UUIDv7 is its time: 48 bits, with a hyphen between. */
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
 * @throws Refusal `external_id_taken` where the externalId is that of a live object which is no lost create.
 */
export type Identify<T> = (scope: string | null) => Promise<Identity<T>>;

/** One create's part in the rule. */
export class TakeOver<T extends Managed> {
  readonly #call: Context;
  readonly #resource: Resource<T>;
  readonly #externalId: string | null;
  #lost: T | undefined;
  /** The object that a caller which names no run collides with. */
  #standing: string | undefined;

  constructor(call: Call, resource: Resource<T>) {
    this.#call = call;
    this.#resource = resource;
    this.#externalId = (call.body as { readonly externalId?: string } | undefined)?.externalId ?? null;
  }

  readonly identify: Identify<T> = async (scope) => {
    const [call, resource] = [this.#call, this.#resource];
    const found = this.#externalId === null ? undefined : await resource.findLive(call, scope, this.#externalId);
    if (found === undefined || call.run === undefined) {
      this.#standing = found?.id;
      return { id: newId(resource.kind), lost: undefined };
    }
    const item = await load(call, resource, found.id);
    if (item === undefined || !isLost(call, resource, item, found)) {
      throw await existsAlready(call, resource, found.id);
    }
    this.#lost = item;
    return { id: found.id, lost: item };
  };

  /** Whether an object is one that an earlier run of the caller made under this externalId and never learned of. */
  async isLost(item: T): Promise<boolean> {
    const { table } = this.#resource;
    const found = this.#call.db.selectFrom(table).select(createdColumns).where("id", "=", item.id);
    return (
      item.externalId === this.#externalId && isLost(this.#call, this.#resource, item, await found.executeTakeFirst())
    );
  }

  /** What a failed create is answered with: of an externalId that is taken, everybody is told the same. */
  async failure(error: unknown): Promise<unknown> {
    const isTaken = error instanceof Refusal && error.code === "external_id_taken";
    if (!isTaken || this.#standing === undefined) return error;
    return await existsAlready(this.#call, this.#resource, this.#standing);
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

/**
 * Whether a create of the caller would take an object over, if it has the same externalId and natural key.
 *
 * @param found who made it when; undefined where nobody knows.
 */
export function isLost<T extends Managed>(
  { now, principal, run }: Pick<Context, "now" | "principal" | "run">,
  resource: Resource<T>,
  item: T,
  found: CreatedColumns | undefined,
): boolean {
  return (
    found !== undefined &&
    resource.isUsed?.(item) !== true &&
    run !== undefined &&
    found.created_run !== null &&
    isEarlier(found.created_run, run) &&
    found.created_by === principal.id &&
    found.known_at === null &&
    now.getTime() - found.created_at.getTime() < lostWithinMs
  );
}

/** Whether one run of a program began before another. */
export function isEarlier(run: string, other: string): boolean {
  return run.slice(0, timeLength) < other.slice(0, timeLength);
}

async function existsAlready<T extends Managed>(context: Context, resource: Resource<T>, id: string): Promise<Refusal> {
  const item = await load(context, resource, id);
  const which = item !== undefined && (await isReadable(context, resource, item)) ? `: ${resource.noun} ${id}` : "";
  const advice = "Set `adopt` to manage that one, or choose another externalId.";
  return new Refusal("external_id_taken", `The object exists already, under this externalId${which}. ${advice}`);
}

/** Writes at most once that somebody knows an object by its id: from then on it is nobody's lost create. */
export async function markKnown<T extends Managed>(
  { db, now }: Pick<Context, "db" | "now">,
  { table }: Resource<T>,
  id: string,
): Promise<void> {
  await gatheredWrite(`known ${table}`, id, async (ids) => {
    await db.updateTable(table).set({ known_at: now }).where("id", "in", ids).where("known_at", "is", null).execute();
  });
}

type GivenColumns<T extends ManagedTable> = Omit<
  Insertable<Tables[T]>,
  "id" | "created_by" | "created_at" | "created_run" | "known_at" | "updated_at"
>;

/** Stores what a create makes, with who made it when; over the lost object where it takes that one over. */
export async function store<T extends ManagedTable>(
  { db, now, principal, run }: Context,
  table: T,
  id: string,
  given: GivenColumns<T>,
): Promise<void> {
  // The six tables share these columns, which Kysely's types don't see through a type parameter.
  const columns = { ...given, created_run: run ?? null, updated_at: now };
  const row = { ...columns, id, created_by: principal.id, created_at: now } as unknown;
  await gatheredWrite(`new ${table}`, row as Insertable<Tables["organizations"]>, async (rows) => {
    const names = Object.keys(columns) as (keyof Insertable<Tables["organizations"]>)[];
    await db
      .insertInto(table as "organizations")
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .column("id")
          .doUpdateSet(({ ref }) => Object.fromEntries(names.map((name) => [name, ref(`excluded.${name}`)]))),
      )
      .execute();
  });
}
