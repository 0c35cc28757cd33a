/**
 * Keeps secrets from the rules. `@pulumi/policy` removes the marks of secrets before it calls a rule, which would get their plaintexts and
 * could print them. It has no option for that, so this module takes the place of the one function of it that removes the marks:
 * to a rule, a secret is a value that isn't known. The pack requires exactly the version whose function this is.
 */
import { runtime } from "@pulumi/pulumi";

/** The properties of a resource, as the engine sends them. */
interface SentProperties {
  toJavaScript(): unknown;
}

interface Deserialization {
  deserializeProperties(properties: SentProperties, keepsMarks: boolean): unknown;
}

/** Makes the SDK treat secrets as unknown values, for every rule of this process. */
export function hideSecrets(): void {
  const sdk: Deserialization = require("@pulumi/policy/deserialize");
  const original = sdk.deserializeProperties;
  sdk.deserializeProperties = (properties, keepsMarks) =>
    original({ toJavaScript: () => withoutSecrets(properties.toJavaScript()) }, keepsMarks);
}

/** Returns a value as the engine sends it, with an unknown value in place of each secret. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutSecrets);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if ((value as Readonly<Record<string, unknown>>)[runtime.specialSigKey] === runtime.specialSecretSig) {
    return runtime.unknownValue;
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutSecrets(inner)]));
}
