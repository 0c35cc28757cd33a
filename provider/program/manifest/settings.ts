/** The values that a manifest takes from the stack's configuration. */
import type { Fault } from "../../issues.ts";
import { isRecord } from "../../values/property-map.ts";

/** A value of a stack's configuration. */
export interface Setting {
  readonly value: string;
  /** Whether the configuration stores it as ciphertext. */
  readonly isSecret: boolean;
}

/** Reads a stack's configuration, by names such as `checkoutSecret` or `other-project:checkoutSecret`. */
export type Settings = (name: string) => Setting | undefined;

/**
 * Finds the secrets that the configuration lacks, or has in plaintext. It takes the document as it was read, so that an error elsewhere
 * doesn't hide these.
 */
export function brokenSettings(document: unknown, settings: Settings | undefined): Fault[] {
  const apiKeys = isRecord(document) && isRecord(document.apiKeys) ? document.apiKeys : {};
  return Object.entries(apiKeys).flatMap(([name, key]) => {
    const config = isRecord(key) && isRecord(key.secret) ? key.secret.config : undefined;
    if (settings === undefined || typeof config !== "string") {
      return [];
    }
    const setting = settings(config);
    if (setting?.isSecret === true) {
      return [];
    }
    const fault = setting === undefined ? "has no such value" : "has this value in plaintext";
    const reason = `the stack's configuration ${fault}: run \`pulumi config set --secret ${config}\``;
    return [{ path: ["apiKeys", name, "secret", "config"], reason }];
  });
}
