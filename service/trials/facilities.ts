/** What tried requests use in place of the service's facilities: nothing that reaches outside of the transaction. */
import type { Facilities, OutgoingMail } from "../auth/operation.ts";

/** What a tried request would have done outside of the database. */
export interface Outside {
  readonly mails: OutgoingMail[];
  /** The subscriptions at Stripe whose plan would have changed. */
  readonly subscriptions: string[];
}

type StandIn<F extends keyof Facilities> = (real: NonNullable<Facilities[F]>, outside: Outside) => Facilities[F];

/** The stand-in of each facility. */
const standIns: { readonly [F in keyof Facilities]-?: StandIn<F> } = {
  // They only compute.
  peppers: (real) => real,
  signingKeys: (real) => ({
    published: real.published,
    kids: real.kids,
    newestKid: real.newestKid,
    // A trial shows no plaintext, so nothing has to be signed.
    sign: async () => "",
    verify: (token) => real.verify(token),
  }),
  secrets: () => ({ answered: () => null }),
  // No operation that a batch can contain verifies a secret or counts a failure.
  resolver: () => absent("resolver"),
  failedVerifications: () => absent("failedVerifications"),
  scannerKeys: () => absent("scannerKeys"),
  billing: (real, { subscriptions }) => ({
    priceOf: (plan) => real.priceOf(plan),
    async changePlan(subscription, plan) {
      real.priceOf(plan);
      subscriptions.push(subscription);
    },
  }),
  mail: ({ publicUrl, contactUrl }, { mails }) => ({
    publicUrl,
    contactUrl,
    queued: (_transaction, mail) => mails.push(mail),
  }),
};

/**
 * The facilities of a tried request.
 *
 * @param outside receives what the request would have done.
 * @throws Error that names a facility without a stand-in.
 */
export function trialFacilities(real: Facilities, outside: Outside): Facilities {
  const facilities = Object.entries(real).map(([name, facility]) => {
    const standIn = Object.hasOwn(standIns, name) ? standIns[name as keyof Facilities] : undefined;
    if (standIn === undefined) {
      throw new Error(`the facility ${name} has no stand-in for trials`);
    }
    return [name, facility === undefined ? undefined : standIn(facility as never, outside)];
  });
  return Object.fromEntries(facilities) as Facilities;
}

/** A facility that fails at every use. */
function absent(name: string): never {
  return new Proxy(
    {},
    {
      get() {
        throw new Error(`a trial can't use ${name}`);
      },
    },
  ) as never;
}
