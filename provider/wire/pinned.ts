/** Compile-time assertions: what is written here by hand is what the contract says. */

type Readonlies<T> = T extends readonly (infer Item)[]
  ? readonly Readonlies<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Readonlies<T[Key]> }
    : T;

/** True if both types take the same values; otherwise it names the one that takes more. */
export type Pinned<Ours, Contract> = [Readonlies<Ours>] extends [Readonlies<Contract>]
  ? [Readonlies<Contract>] extends [Readonlies<Ours>]
    ? true
    : "the contract allows what we don't"
  : "we allow what the contract doesn't";
