/** The values that a manifest takes from the stack's configuration. */
import type { Fault } from "../../issues.ts";
import { isRecord } from "../../values/property-map.ts";

/** A value of a stack's configuration. */
export interface Setting {
  readonly value: string;
  /** Whether the configuration stores it as ciphertext. */
  readonly isSecret: boolean;
  /** Whether it may be ciphertext in a real stack, because the program is under test: few tests say which values are secret. */
  readonly mayBeSecret?: boolean;
}

/** A value that a manifest uses and that isn't known here. A running program knows every value. */
export interface UnknownSetting {
  /** Why it isn't known, and what to do about it. */
  readonly unknown: string;
  /** Whether it exists, as ciphertext. Another one may be missing, so its default counts. */
  readonly isSecret: boolean;
}

/** Reads a stack's configuration, by names such as `checkoutSecret` or `other-project:checkoutSecret`. */
export type Settings = (name: string) => Setting | UnknownSetting | undefined;

/** Where the values come from that a manifest takes from outside. */
export interface OutsideValues {
  readonly settings: Settings;
  /** The environment variables, by their whole names. */
  readonly variables: Settings;
}

/** What a running program takes from outside: the stack's configuration, and the environment of the process. */
export function outsideOf(settings: Settings): OutsideValues {
  const variables: Settings = (name) => {
    const value = process.env[name];
    return value === undefined ? undefined : { value, isSecret: false };
  };
  return { settings, variables };
}

/** The secrets of keys that are in the configuration. */
interface SettingFaults {
  /** Those that the configuration lacks, or has in plaintext. */
  readonly broken: readonly Fault[];
  /** Those that aren't known. */
  readonly unknown: readonly Fault[];
}

/**
 * Finds the secrets that the configuration lacks, has in plaintext, or that aren't known. It takes the document as it was read, so
 * that an error elsewhere doesn't hide these.
 */
export function faultsOfSettings(document: unknown, settings: Settings | undefined): SettingFaults {
  const [broken, unknown]: [Fault[], Fault[]] = [[], []];
  const apiKeys = isRecord(document) && isRecord(document.apiKeys) ? document.apiKeys : {};
  for (const [name, key] of Object.entries(apiKeys)) {
    const config = isRecord(key) && isRecord(key.secret) ? key.secret.config : undefined;
    if (settings === undefined || typeof config !== "string") {
      continue;
    }
    const path = ["apiKeys", name, "secret", "config"];
    const setting = settings(config);
    if (setting !== undefined && "unknown" in setting) {
      unknown.push({ path, reason: setting.unknown });
    } else if (setting?.isSecret !== true && setting?.mayBeSecret !== true) {
      const fault = setting === undefined ? "has no such value" : "has this value in plaintext";
      const reason = `the stack's configuration ${fault}: run \`pulumi config set --secret ${config}\``;
      broken.push({ path, reason });
    }
  }
  return { broken, unknown };
}

/** The sections whose entries are resources of their own. Any other value of a manifest is in plaintext. */
const resourceSections: ReadonlySet<PropertyKey | undefined> = new Set([
  "roles",
  "users",
  "members",
  "apiKeys",
  "accessTokens",
]);

/** The arguments that the program itself needs: they name or find something, or are files. */
const plainArguments: ReadonlySet<PropertyKey | undefined> = new Set([
  ...["adopt", "onDestroy", "slug", "existing", "logo", "email", "role", "owner", "user", "assignedTo", "assignees"],
  ...["secret", "deliverTo"],
]);

/**
 * The path of the argument of a resource that a value of a manifest belongs to.
 *
 * @returns undefined if it belongs to none
 */
export function argumentAt([section, ...rest]: Fault["path"]): Fault["path"] | undefined {
  const depth = section === "organization" ? (rest[0] === "profile" ? 3 : 2) : resourceSections.has(section) ? 3 : 0;
  const path = [...(section === undefined ? [] : [section]), ...rest].slice(0, depth);
  return depth > 0 && path.length === depth ? path : undefined;
}

/** Whether a value of a manifest can be secret: the argument of a resource that the program only passes on. */
export function mayHoldSecret(path: Fault["path"]): boolean {
  const argument = argumentAt(path);
  return argument !== undefined && !plainArguments.has(argument.at(-1));
}

/** What is wrong with a secret in any other place. */
export function neededInPlaintext(setting: string): string {
  return (
    `the value ${setting} of the stack's configuration is secret, and can't be used here, because the program needs it in plaintext: run ` +
    `\`pulumi config set --plaintext ${setting} <value>\`, or write out the value`
  );
}
