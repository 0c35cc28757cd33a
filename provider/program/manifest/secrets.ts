/** The secrets of a manifest, as the program passes them to the engine. */
import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../../issues.ts";
import { isRecord } from "../../values/property-map.ts";
import type { PlacedManifest } from "./document.ts";
import type { ManifestDocument } from "./schema.ts";
import { argumentAt } from "./settings.ts";

/**
 * The manifest with its secrets as secret outputs, which resources accept in place of the values. An argument that contains a secret is
 * secret as a whole.
 */
export function withSecrets({ manifest, secrets }: PlacedManifest): ManifestDocument {
  const paths = new Map(secrets.map((path) => argumentAt(path) ?? path).map((path) => [JSON.stringify(path), path]));
  return [...paths.values()].reduce<unknown>(marked, manifest) as ManifestDocument;
}

function marked(value: unknown, [name, ...rest]: Fault["path"]): unknown {
  if (name === undefined) {
    return pulumi.secret(value);
  }
  return isRecord(value) ? { ...value, [name]: marked(value[String(name)], rest) } : value;
}
