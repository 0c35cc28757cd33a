/** The class that every set of a program extends. */
import * as pulumi from "@pulumi/pulumi";
import { foldEmail } from "roster-schema";
import { DeclarationError } from "../errors.ts";
import type { AdoptionArgs } from "../lifecycle/adoption.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { afterUsers, declare } from "./declared.ts";
import { ManagedResource, type Reference } from "./resource.ts";

/** The arguments that every set has. */
export interface SetArgs extends AdoptionArgs {
  /**
   * `additive`, the default, manages whom it lists. `authoritative` also removes whom it doesn't list: those that the
   * last refresh has found.
   */
  mode?: pulumi.Input<"additive" | "authoritative">;
  /** Addresses, or `*@example.com`, whom `authoritative` leaves alone where they aren't listed. */
  ignore?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** What part of the set may be removed at once, where that is more than five: 0 to 1, 0.25 by default. */
  maxRemovalFraction?: pulumi.Input<number>;
}

/** What a program has of a set: its resource, where its entries belong, and the entries by address. */
export interface SetDeclaration {
  readonly lifecycle: Lifecycle;
  readonly name: string;
  readonly container: Reference<pulumi.CustomResource>;
  readonly entries: pulumi.Input<Readonly<Record<string, unknown>>>;
}

/** Many objects of the service, each known by an address. */
export abstract class RosterSet extends ManagedResource {
  /** The ids of what the set manages, by address. Secret where the map of addresses is, or may become so. */
  declare readonly ids: pulumi.Output<Readonly<Record<string, string>>>;
  /** The ids of what else the last refresh found, by address; for mode `authoritative`. */
  declare readonly others: pulumi.Output<Readonly<Record<string, string>>>;

  protected constructor(
    { lifecycle, name, container, entries }: SetDeclaration,
    args: object,
    options?: pulumi.CustomResourceOptions,
  ) {
    if (options?.id !== undefined) {
      throw new DeclarationError(
        `${lifecycle.kind} ${name} can't be read by an id: the service has no object that a set is. Look up what is there ` +
          "with getMemberships, or with the output `assignees` of an ApiKey.",
      );
    }
    if (isPlainMap(entries)) {
      declare(container, Object.keys(entries), { by: `${lifecycle.kind} ${name}`, isSet: true });
    }
    // The engine has no names of changed inputs to go by, and may not compare a map itself: see the lifecycle.
    const { replaceOnChanges } = options ?? {};
    const known = replaceOnChanges === undefined ? {} : { __replaceOnChanges: replaceOnChanges };
    const addresses = isPlainMap(entries) ? Object.keys(entries) : [];
    super(lifecycle, name, { ...args, ...known }, afterUsers(addresses, options));
  }
}

/**
 * Brings the addresses of a set's entries to lower case: in the program, because a map that is secret as a whole would
 * be one no longer if the provider renamed what is in it.
 *
 * @throws DeclarationError if an address is there twice
 */
export function byAddress<Value, To>(
  resource: string,
  entries: pulumi.Input<Readonly<Record<string, Value>>>,
  to: (value: Value) => To,
): pulumi.Input<Record<string, To>> {
  return isPlainMap(entries)
    ? normalized(resource, entries, to)
    : pulumi.output(entries as pulumi.Input<object>).apply((map) => {
        return normalized(resource, map as Readonly<Record<string, Value>>, to);
      });
}

function normalized<Value, To>(
  resource: string,
  entries: Readonly<Record<string, Value>>,
  to: (value: Value) => To,
): Record<string, To> {
  const known = new Map<string, To>();
  for (const [given, value] of Object.entries(entries)) {
    const address = foldEmail(given);
    if (known.has(address)) {
      throw new DeclarationError(`${resource} has ${address} twice, in different cases: a person is in a set once.`);
    }
    known.set(address, to(value));
  }
  return Object.fromEntries(known);
}

function isPlainMap<Value>(
  entries: pulumi.Input<Readonly<Record<string, Value>>>,
): entries is Readonly<Record<string, Value>> {
  return !pulumi.Output.isInstance(entries) && !(entries instanceof Promise);
}
