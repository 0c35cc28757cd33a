/** What a change of access means for people, in the order of its seriousness. */
import { agoText } from "../preview/losses.ts";
import type { Phrase } from "./phrase.ts";

/** The groups of findings, the most serious first, each with the heading that people read. */
export const groups = {
  refused: "Refused by the service",
  loses: "Loses access",
  administrators: "Administrators",
  secrets: "Keys and tokens",
  permissions: "Permissions",
  gains: "Gains access",
  managed: "Taken over and released",
  mails: "Mails",
  other: "Other changes",
} as const;

/** A group of findings. */
export type Group = keyof typeof groups;

/** What a guard of a pipeline can look for. */
export type Mark =
  /** A person loses a membership or the account. */
  | "removed-person"
  /** Somebody becomes or stops being an administrator. */
  | "admin-change"
  /** A key or token stops working, or gets another secret. */
  | "key-ends"
  /** An organization is closed. */
  | "organization-closes";

/** A change of the administrators of an organization. */
export interface Administrators {
  /** The organization's id. */
  readonly organization: string;
  readonly becomes: boolean;
}

/** One thing that a change does. */
export interface Finding {
  readonly group: Group;
  readonly text: Phrase;
  /** The address of the person who loses or gains something, if there is one. */
  readonly person?: string;
  /** The name of the key or access token that it is about. */
  readonly subject?: string;
  readonly marks?: readonly Mark[];
  readonly administrators?: Administrators;
  /** When the key or token that ends was last used; null if never. */
  readonly lastUsedAt?: string | null;
  /** The resource that causes it, as the engine's URN; undefined for what nobody declares. */
  readonly urn?: string;
}

/** When a key or token was last used, such as `last used 4 minutes ago`. */
export function usedText(lastUsedAt: string | null | undefined, nowMs: number): Phrase {
  return typeof lastUsedAt === "string" ? [`last used ${agoText(nowMs - Date.parse(lastUsedAt))}`] : ["never used"];
}
