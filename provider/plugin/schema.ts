/** The schema of the Pulumi package, from which SDKs, the registry and `pulumi import` know its types. */
import schema from "./generated/schema.json";

/** The schema as JSON, in the form of an answer to GetSchema. `npm run generate` makes it from what describes the kinds. */
export function packageSchema(): string {
  return JSON.stringify(schema);
}
