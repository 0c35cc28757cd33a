/** Values that depend on the environment: `${config.name}` and `${env.ROSTER_VAR_NAME}` in the text of a manifest. */
import { type Document, isScalar, Scalar, type ScalarTag, Schema, visit } from "yaml";
import type { Fault } from "../../issues.ts";
import { isRecord } from "../../values/property-map.ts";
import { unknownValue } from "../../values/unknown.ts";
import { mayHoldSecret, neededInPlaintext, type OutsideValues } from "./settings.ts";
import type { PlacedFault } from "./yaml.ts";

type Path = Fault["path"];

/** The values of a file of a manifest. */
export interface ExpandedValues {
  /** The values, with secrets in plaintext; unknown where a value could not be expanded. */
  readonly plain: unknown;
  /** The same, in which secrets are unknown as well: an error about these values can't repeat a secret. */
  readonly checked: unknown;
  /** Where values are secret. */
  readonly secrets: readonly Path[];
  readonly faults: readonly PlacedFault[];
  /** Which expansions are not known here, and why. */
  readonly unknown: readonly PlacedFault[];
}

/**
 * Expands the values of a document, and not its names. The nodes of expanded values lose their values, but keep their places.
 *
 * @param text the text of the document
 * @param outside where values come from; without it, only the form is checked, and every expanded value is unknown
 */
export function expandedValues(document: Document, text: string, outside: OutsideValues | undefined): ExpandedValues {
  let isExpanded = false;
  visit(document, {
    Scalar(key, scalar) {
      if (key !== "key" && typeof scalar.value === "string" && scalar.value.includes("${")) {
        scalar.value = expandScalar(scalar as Scalar<string>, text, outside);
        isExpanded = true;
      }
    },
  });
  // The size of aliases is limited in `unusable`, because the library only counts how often each is used.
  const value: unknown = document.toJS({ maxAliasCount: -1 });
  return isExpanded ? new Values().of(value) : { plain: value, checked: value, secrets: [], faults: [], unknown: [] };
}

/** A scalar that has been expanded. */
class Expanded {
  /** Unknown if it could not be expanded. */
  readonly value: unknown;
  /** The secret of the configuration that it contains. */
  readonly secret: string | undefined;
  readonly offset: number;
  readonly faults: readonly Omit<PlacedFault, "path">[];
  readonly unknown: readonly Omit<PlacedFault, "path">[];

  constructor({ value, secret, offset, faults, unknown }: Expanded) {
    this.value = value;
    this.secret = secret;
    this.offset = offset;
    this.faults = faults;
    this.unknown = unknown;
  }
}

/** The escape, and everything that begins like an expansion. */
const expansions = /\$\$\{|\$\{([^}]*)(\}?)/g;

function expandScalar(scalar: Scalar<string>, text: string, outside: OutsideValues | undefined): Expanded {
  const [start = 0, end = text.length] = scalar.range ?? [];
  const faults: Omit<PlacedFault, "path">[] = [];
  const unknown: Omit<PlacedFault, "path">[] = [];
  let secret: string | undefined;
  let isKnown = true;
  let searched = start;
  const value = scalar.value.replace(expansions, (whole: string, inner: string | undefined, close: string) => {
    // In double quotes, a character may be written as an escape. Then the place is that of the whole value.
    const found = text.indexOf(whole, searched);
    const offset = found >= 0 && found < end ? found : start;
    searched = found >= 0 && found < end ? found + whole.length : searched;
    if (inner === undefined) {
      return "${";
    }
    const outcome = close === "" ? { reason: notClosed } : expand(inner, outside);
    if (outcome.reason !== undefined) {
      faults.push({ offset, reason: outcome.reason });
    }
    if (outcome.unknown !== undefined) {
      unknown.push({ offset, reason: outcome.unknown });
    }
    secret ??= outcome.secret;
    isKnown &&= outcome.value !== undefined;
    return outcome.value ?? "";
  });
  if (!isKnown) {
    const ofUnknown = faults.length === 0 ? secret : undefined;
    return new Expanded({ value: unknownValue, secret: ofUnknown, offset: start, faults, unknown });
  }
  const isWhole = /^\$\{[^}]*\}$/.test(scalar.value);
  const isPlain = scalar.type === Scalar.PLAIN && scalar.tag === undefined;
  return new Expanded({ value: isWhole && isPlain ? typed(value) : value, secret, offset: start, faults, unknown });
}

/** What became of one expansion. */
interface Outcome {
  /** Undefined if it isn't known. */
  readonly value?: string;
  /** The name of the setting, if the configuration stores it as ciphertext. */
  readonly secret?: string | undefined;
  /** What is wrong. */
  readonly reason?: string;
  /** Why it isn't known here, if nothing is wrong. */
  readonly unknown?: string;
}

const prefix = "ROSTER_VAR_";
const literal = `$\${`;
const notClosed = `the closing } is missing; write ${literal} for \${ itself`;
const forms =
  /^(?:config\.(?<setting>(?:[^\s:${]+:(?!-))?[^\s:${]+)|env\.(?<variable>[^\s:${]+))(?::-(?<fallback>.*))?$/s;

function expand(inner: string, outside: OutsideValues | undefined): Outcome {
  const { setting, variable, fallback } = forms.exec(inner)?.groups ?? {};
  if (setting === undefined && variable === undefined) {
    return {
      reason:
        `it must be \${config.name}, \${config.namespace:name} or \${env.${prefix}NAME}, each possibly with a default such as ` +
        `\${config.name:-default}; write ${literal} for \${ itself`,
    };
  }
  if (variable !== undefined && !/^ROSTER_VAR_\w+$/.test(variable)) {
    return {
      reason: `a manifest can read only environment variables whose names begin with ${prefix}: rename the variable, such as to ${prefix}NAME`,
    };
  }
  if (outside === undefined) {
    return {};
  }
  const found = variable === undefined ? outside.settings(setting ?? "") : outside.variables(variable);
  if (found !== undefined && "unknown" in found && (found.isSecret || fallback === undefined)) {
    return { unknown: found.unknown, ...(found.isSecret && { secret: setting }) };
  }
  const given = found !== undefined && "value" in found ? found : undefined;
  // As in a shell, a default also replaces an empty value.
  const value = fallback !== undefined && (given?.value ?? "") === "" ? fallback : given?.value;
  const secret = given?.isSecret === true && value === given.value ? setting : undefined;
  return value === undefined ? { reason: unset(setting, variable) } : { value, secret };
}

function unset(setting: string | undefined, variable: string | undefined): string {
  return variable === undefined
    ? `the stack's configuration has no value ${setting}: run \`pulumi config set ${setting} <value>\`, or write a default: \${config.${setting}:-default}`
    : `the environment variable ${variable} is not set: set it, or write a default: \${env.${variable}:-default}`;
}

/** The tags of YAML's core schema, by which the library reads plain scalars. */
const scalarTags = new Schema({ schema: "core" }).tags.filter((tag): tag is ScalarTag => "test" in tag);

/** The number or boolean that a text is in YAML; the text itself if it isn't one, or if the number would be written otherwise. */
function typed(text: string): unknown {
  const tag = scalarTags.find(({ test }) => test?.test(text) === true);
  const resolved: unknown = tag?.resolve(text, () => undefined, {});
  const value = isScalar(resolved) ? resolved.value : resolved;
  return typeof value === "boolean" || (typeof value === "number" && String(value) === text) ? value : text;
}

/** Collects the values of a document, and where they are. */
class Values {
  readonly #secrets: Path[] = [];
  readonly #faults: PlacedFault[] = [];
  readonly #unknown: PlacedFault[] = [];
  /** The faults of an anchored value are told once. */
  readonly #seen = new Set<Expanded>();
  readonly #ancestors = new Set<object>();

  of(value: unknown): ExpandedValues {
    const { plain, checked } = this.#both(value, []);
    return { plain, checked, secrets: this.#secrets, faults: this.#faults, unknown: this.#unknown };
  }

  #both(value: unknown, path: Path): { readonly plain: unknown; readonly checked: unknown } {
    if (value instanceof Expanded) {
      return this.#expanded(value, path);
    }
    if (!(Array.isArray(value) || isRecord(value)) || this.#ancestors.has(value)) {
      return { plain: value, checked: value };
    }
    this.#ancestors.add(value);
    const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
    const both = members.map(([key, member]) => [key, this.#both(member, [...path, key])] as const);
    this.#ancestors.delete(value);
    return Array.isArray(value)
      ? { plain: both.map(([, { plain }]) => plain), checked: both.map(([, { checked }]) => checked) }
      : {
          plain: Object.fromEntries(both.map(([key, { plain }]) => [key, plain])),
          checked: Object.fromEntries(both.map(([key, { checked }]) => [key, checked])),
        };
  }

  #expanded(expanded: Expanded, path: Path): { readonly plain: unknown; readonly checked: unknown } {
    const { value, secret, offset, faults, unknown } = expanded;
    const isMisplaced = secret !== undefined && !mayHoldSecret(path);
    if (!this.#seen.has(expanded)) {
      this.#seen.add(expanded);
      this.#faults.push(...faults.map((fault) => ({ ...fault, path })));
      this.#unknown.push(...(isMisplaced ? [] : unknown).map((fault) => ({ ...fault, path })));
    }
    if (secret === undefined) {
      return { plain: value, checked: value };
    }
    if (isMisplaced) {
      this.#faults.push({ offset, path, reason: neededInPlaintext(secret) });
      return { plain: unknownValue, checked: unknownValue };
    }
    this.#secrets.push(path);
    return { plain: value, checked: unknownValue };
  }
}
