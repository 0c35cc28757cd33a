/** Refusals because another object has a name: which of them pass by themselves, and what to do about the others. */
import { entryIn, isOfOneStack } from "roster-schema";
import { ApiError, type Problem, type RefusalCode } from "../errors.ts";
import type { Registrations } from "./registrations.ts";

/** The object that has the name. */
export interface ConflictingObject {
  readonly id: string;
  readonly externalId: string | null;
  /** Whether it is asked to have another name already, which hasn't taken effect. */
  readonly isBeingRenamed?: boolean;
}

/** What says that a name, an address or an externalId is taken. */
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
 * How often it is asked again where the run shows no other resource any more: what has the name may be declared nowhere.
 * It takes three seconds, in which a busy machine, or a program that waits for something, declares the next resource.
 */
const retriesUnseen = 4;

/** What to do where two resources want each other's names. */
export const nameCycleRemedy =
  "Names can't be exchanged in one update: each is taken until the other is free. Give one of the resources a name that " +
  "nobody has, run `pulumi up`, and give it the other's name after that.";

/** What to do where the object is the stack's own, under the name of another resource. */
export const ownRemedy =
  "If the resource was renamed, or moved to another parent, keep its object with `aliases`, such as " +
  '`aliases: [{ name: "the name before" }]`.';

/** What to do where a replacement leaves the object that it takes the place of. */
const notEnded =
  "It is the object that was to be replaced, and the engine has not deleted it. Undo the change that replaces it. If the next update " +
  "is refused as well, the engine has dropped the object because of `retainOnDelete`: set `adopt: true`, which takes it back. To replace " +
  "it, first take `retainOnDelete` or `deleteBeforeReplace: false` out in an update of its own.";

/** Refuses, or has repeated, the requests about one resource that other objects' names stand against. */
export class NameConflicts {
  readonly #registrations: Registrations;
  readonly #kind: string;
  readonly #externalId: string;
  readonly #findConflictingObject: () => Promise<ConflictingObject | undefined>;
  #remedy: string | undefined;
  /** How many resources the run had shown when it was last looked at. */
  #size = 0;

  /**
   * @param kind the kind of resource
   * @param externalId the stack's name for the object that the requests are about
   * @param holderOf finds the object that has the name; it may fail
   */
  constructor(
    registrations: Registrations,
    kind: string,
    externalId: unknown,
    holderOf: () => Promise<ConflictingObject | undefined>,
  ) {
    this.#registrations = registrations;
    this.#kind = kind;
    this.#externalId = String(externalId);
    this.#findConflictingObject = holderOf;
  }

  /** Whether a refusal passes by itself: another resource of the run is about to give the name up. */
  readonly retryConflict = async ({ code }: Problem, retries: number): Promise<boolean> => {
    this.#remedy = undefined;
    // Only a stack's own name for an object tells that another one is of the same stack.
    if (!codes.has(code) || !isOfOneStack(this.#externalId, this.#externalId)) return false;
    if (this.#registrations.cycleOf(this.#externalId) !== undefined) {
      this.#remedy = nameCycleRemedy;
      return false;
    }
    // Who has the name is another resource's object, until that one is renamed as well.
    if (code === "external_id_taken") {
      if (this.#registrations.stillExists(this.#externalId)) this.#remedy = notEnded;
      return this.#registrations.freesName(this.#kind, this.#externalId);
    }
    let conflicting: ConflictingObject | undefined;
    try {
      conflicting = await this.#findConflictingObject();
    } catch {
      // Where it can't be looked up, the refusal stands.
      return false;
    }
    // It may have gone meanwhile, or is nobody's whom the token may know of.
    if (conflicting === undefined) return retries === 0 && code !== "managed_elsewhere";
    const { id, externalId, isBeingRenamed = false } = conflicting;
    if (externalId === null || externalId === this.#externalId || !isOfOneStack(externalId, this.#externalId)) {
      return false;
    }
    if (isBeingRenamed) {
      this.#remedy = `${id} keeps it until the person confirms the new address. Run \`pulumi up\` again after that.`;
      return false;
    }
    const availability = code === "managed_elsewhere" ? "unseen" : this.#availability(externalId);
    this.#remedy = remedies[availability](id);
    if (availability !== "unseen" || code === "managed_elsewhere") return availability === "free";
    const isGrowing = this.#registrations.size > this.#size;
    this.#size = this.#registrations.size;
    return isGrowing || retries < retriesUnseen;
  };

  /** Adds to an error what to do about it. */
  explain(error: unknown): unknown {
    if (error instanceof ApiError && codes.has(error.code) && this.#remedy !== undefined) error.addRemedy(this.#remedy);
    return error;
  }

  #availability(conflicting: string): "free" | "kept" | "unseen" {
    const registration = this.#registrations.registrationOf(conflicting);
    if (registration === undefined) return "unseen";
    if (registration.entries !== undefined) {
      return registration.entries.has(entryIn(conflicting)) ? "kept" : "free";
    }
    const wanted = this.#registrations.registrationOf(this.#externalId)?.names ?? [];
    const keeps = registration.names.some(({ scope, from, to, isReplaced }) => {
      const own = wanted.find((one) => one.scope === scope);
      return own !== undefined && (own.to === to || from === undefined || (from === to && !isReplaced));
    });
    return keeps ? "kept" : "free";
  }
}

const remedies = {
  free: (id: string) =>
    `Another resource of this program gives it up, and ${id} still has it. Run \`pulumi up\` again.`,
  kept: (id: string) =>
    `Another resource of this program declares ${id}: remove one of the two, or change one of them.`,
  unseen: (id: string) =>
    `This stack manages ${id} already, under another resource's name. ${ownRemedy} If another resource had it, ` +
    'remove that one in an update of its own first, or take the object over with `adopt: "force"`.',
} as const;
