/** One carrying out of a tried request: what it runs with, and how it ended. */
import type { OutgoingMail } from "../auth/operation.ts";
import type { Principal } from "../auth/principal.ts";
import type { Runtime } from "../http/runtime.ts";
import type { Trial } from "../http/trial.ts";
import type { Refusal } from "../problems.ts";
import type { Database } from "../rows/tables.ts";
import { type Outside, trialFacilities } from "./facilities.ts";

/** Converts the caller to the principal that makes the changes. */
export type ActorFor = (caller: Principal) => Principal;

/** The trial of one request in one transaction. */
export class TriedRequest implements Trial, Outside {
  readonly runtime: Runtime;
  readonly actorFor: ActorFor;
  readonly mails: OutgoingMail[] = [];
  readonly subscriptions: string[] = [];
  #refusal: Refusal | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(service: Runtime, transaction: Database, actorFor: ActorFor) {
    const facilities = trialFacilities(service.facilities, this);
    // Sweeping is not part of the request.
    this.runtime = { ...service, db: transaction, facilities, sweptAtMs: Number.POSITIVE_INFINITY };
    this.actorFor = actorFor;
  }

  /** The refusal that the request was answered with. */
  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** The error after which the transaction can't continue. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  refused(refusal: Refusal): void {
    this.#refusal = refusal;
  }

  failed(error: unknown): void {
    this.#failure = { error };
  }
}
