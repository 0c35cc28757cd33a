/** Refusals because another object has a name: which of them are retried, and what to do about the others. */
import { entryIn, isOfOneStack, setIn } from "roster-schema";
import { ApiError, type Problem, type RefusalCode } from "../errors.ts";
import type { Registrations } from "./registrations.ts";

/** The object that already has the name. */
export interface ConflictingObject {
  readonly id: string;
  readonly externalId: string | null;
  /** Whether another name was requested for it, and hasn't taken effect yet. */
  readonly isBeingRenamed?: boolean;
}

/** The codes of refusals because a name, an address or an externalId is taken. */
const codes: ReadonlySet<RefusalCode> = new Set([
  "slug_taken",
  "email_taken",
  "name_taken",
  "external_id_taken",
  "already_member",
  "already_assigned",
  "managed_elsewhere",
]);

/**
 * The maximum number of retries while no further resource is registered: the program may not declare the object that has the
 * name. They take three seconds, in which a busy machine or a waiting program registers its next resource.
 */
const retriesUnseen = 4;

/** What to do if two resources are to exchange their names. */
export const nameCycleRemedy =
  "Names can't be exchanged in one update, because each is taken until the other is free. Give one of the resources a new " +
  "name, run `pulumi up`, and then give it the other resource's name.";

/** What to do if the stack manages the object under the name of another resource. */
export const ownRemedy =
  "If the resource was renamed, or moved to another parent, keep its object with `aliases`, such as " +
  '`aliases: [{ name: "previous-name" }]`.';

/** What to do if the engine did not delete the object before it creates the replacement. */
const notEnded =
  "The object that was to be replaced still exists, because the engine did not delete it. Undo the change that replaces it. If the " +
  "next update is refused as well, the engine has dropped the object because of `retainOnDelete`: set `adopt: true` to take it back. " +
  "To replace it, first remove `retainOnDelete` or `deleteBeforeReplace: false` in a separate update.";

/** Decides whether requests of one resource that conflict with the names of other objects are retried. */
export class NameConflicts {
  readonly #registrations: Registrations;
  readonly #kind: string;
  readonly #externalId: string;
  readonly #canClaim: boolean;
  readonly #findConflictingObject: () => Promise<ConflictingObject | undefined>;
  #remedy: string | undefined;
  /** The id of the object, if it is an entry of a set of the same stack that no longer declares it. */
  claimable: string | undefined;
  /** The number of registered resources at the last decision. */
  #size = 0;

  /**
   * @param kind the kind of resource
   * @param externalId the externalId of the object that the requests concern
   * @param holderOf finds the object that has the name; may fail
   * @param canClaim whether the resource can take over the entry of a set, as a create can
   */
  constructor(
    registrations: Registrations,
    kind: string,
    externalId: unknown,
    holderOf: () => Promise<ConflictingObject | undefined>,
    canClaim = false,
  ) {
    this.#canClaim = canClaim;
    this.#registrations = registrations;
    this.#kind = kind;
    this.#externalId = String(externalId);
    this.#findConflictingObject = holderOf;
  }

  /** Whether to retry a refused request, because another resource of the run is about to give up the name. */
  readonly retryConflict = async ({ code }: Problem, retries: number): Promise<boolean> => {
    this.#remedy = undefined;
    this.claimable = undefined;
    // Whether another object belongs to the same stack can only be determined from an externalId that a stack has made.
    if (!codes.has(code) || !isOfOneStack(this.#externalId, this.#externalId)) {
      return false;
    }
    if (this.#registrations.cycleOf(this.#externalId) !== undefined) {
      this.#remedy = nameCycleRemedy;
      return false;
    }
    // The name belongs to another resource's object until that resource is renamed as well.
    if (code === "external_id_taken") {
      if (this.#registrations.stillExists(this.#externalId)) {
        this.#remedy = notEnded;
      }
      return this.#registrations.freesName(this.#kind, this.#externalId);
    }
    let conflicting: ConflictingObject | undefined;
    try {
      conflicting = await this.#findConflictingObject();
    } catch {
      // If it can't be looked up, the refusal is final.
      return false;
    }
    // It may have been deleted meanwhile, or the token can't read it.
    if (conflicting === undefined) {
      return retries === 0 && code !== "managed_elsewhere";
    }
    const { id, externalId, isBeingRenamed = false } = conflicting;
    if (externalId === null || externalId === this.#externalId || !isOfOneStack(externalId, this.#externalId)) {
      return false;
    }
    if (isBeingRenamed) {
      this.#remedy = `${id} keeps it until the person confirms the new address. Then run \`pulumi up\` again.`;
      return false;
    }
    const isEntry = this.#canClaim && setIn(externalId) !== "";
    // After a change by a resource that has lost its object, nobody is about to give that up.
    const isLost = code === "managed_elsewhere" && !isEntry;
    const availability = isLost ? "unseen" : this.#availability(externalId);
    this.#remedy = remedies[availability](id);
    if (availability === "unseen" && !isLost && !this.#registrations.isAbandoned(externalId)) {
      const isGrowing = this.#registrations.size > this.#size;
      this.#size = this.#registrations.size;
      if (isGrowing || retries < retriesUnseen) {
        return true;
      }
    }
    if (isEntry && availability !== "kept") {
      this.#registrations.noteAbandoned(externalId);
      this.claimable = id;
      return false;
    }
    return availability === "free";
  };

  /** Adds the remedy to an error. */
  explain(error: unknown): unknown {
    if (error instanceof ApiError && codes.has(error.code) && this.#remedy !== undefined) {
      error.addRemedy(this.#remedy);
    }
    return error;
  }

  #availability(conflicting: string): "free" | "kept" | "unseen" {
    const registration = this.#registrations.registrationOf(conflicting);
    if (registration === undefined) {
      return "unseen";
    }
    if (registration.entries !== undefined) {
      return registration.entries.has(entryIn(conflicting)) ? "kept" : "free";
    }
    const wanted = this.#registrations.registrationOf(this.#externalId);
    const keeps = registration.names.some(({ scope, from, to, isReplaced }) => {
      if (wanted?.entries !== undefined) {
        return scope === wanted.scope && (from === undefined || (from === to && !isReplaced));
      }
      const own = wanted?.names.find((one) => one.scope === scope);
      return own !== undefined && (own.to === to || from === undefined || (from === to && !isReplaced));
    });
    return keeps ? "kept" : "free";
  }
}

const remedies = {
  free: (id: string) =>
    `Another resource of this program gives it up, but ${id} still has it. Run \`pulumi up\` again.`,
  kept: (id: string) => `Another resource of this program declares ${id}: remove or change one of the two.`,
  unseen: (id: string) =>
    `This stack already manages ${id} under another resource's name. ${ownRemedy} Otherwise, remove the other ` +
    'resource in a separate update first, or take the object over with `adopt: "force"`.',
} as const;
