/** The configuration of the plugin: that of the connection, and the name of the stack. */
import { ConfigurationError } from "../errors.ts";
import { type PropertyMap, withoutUndefined } from "../values/property-map.ts";
import { containsUnknown } from "../values/unknown.ts";
import { type Connection, readConnection } from "../wire/configuration.ts";

/** What a provider resource, or the configuration of a stack, says. */
export interface PluginConfiguration {
  readonly connection: Connection;
  /** The name that begins the externalIds of the stack's objects; undefined if none is configured. */
  readonly stackId: string | undefined;
}

/**
 * Reads the configuration.
 *
 * @throws ConfigurationError if a value is missing or invalid
 */
export function readPluginConfiguration(args: PropertyMap): PluginConfiguration {
  const texts = textsIn(args);
  const connection = readConnection((key) => texts[key.replace("roster:", "")]);
  return { connection, stackId: texts.stackId === "" ? undefined : texts.stackId };
}

/** What is wrong with the configuration; undefined if nothing is, or if a part of it isn't known yet. */
export function configurationFault(args: PropertyMap): string | undefined {
  if (containsUnknown(args)) {
    return undefined;
  }
  try {
    readPluginConfiguration(args);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) {
      throw error;
    }
    return error.message;
  }
}

/** SDKs send numbers and booleans as JSON, and the configuration of a stack contains only texts. */
function textsIn(args: PropertyMap): Readonly<Record<string, string>> {
  const entries = Object.entries(args).map(([name, value]) => {
    return [name, value === null || value === undefined || typeof value === "string" ? value : JSON.stringify(value)];
  });
  return withoutUndefined(Object.fromEntries(entries)) as Readonly<Record<string, string>>;
}
