import { appendFileSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as roster from "pulumi-roster";
import { assigneesFromCsv, membersFromCsv } from "pulumi-roster";

const isNative = process.env.FRONT_UNDER_TEST === "native";
const classes: Readonly<Record<string, unknown>> = isNative ? nativeClasses() : { ...roster };

/**
 * What a test declares in resources.json. At any depth of the arguments, `{ "$": name }` stands for the resource of that
 * name, `{ "$": name, "output": property }` for one of its outputs, `{ "$": name, "gives": value }` for a value that is
 * known once that resource exists, `{ "$secret": value }` for a secret, `{ "$all": values }` for the first of several values
 * that come together, and `{ "$members": file }` and `{ "$assignees": file }` for what a CSV file beside this program has;
 * `roles` are the options of reading members.
 */
interface Declaration {
  /** The name of a class of the package, or of a look-up (get…Output), which is `<name>.found` in the file `known`. */
  readonly kind: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Names of resources, or of components, that come before. */
  readonly after?: readonly string[];
  /** The name of a component to put it under. */
  readonly under?: string;
  /** Properties whose names are written to the file `known` as soon as their values are known. */
  readonly watched?: readonly string[];
  readonly options?: pulumi.CustomResourceOptions;
  /** The id, where the object is only read. */
  readonly read?: unknown;
}

/** A class of the package. */
interface Kind {
  new (name: string, args: object, options: object): pulumi.CustomResource;
  get(name: string, id: pulumi.Input<string>, options: object): pulumi.CustomResource;
}

const declarations: Declaration[] = JSON.parse(readFileSync(path.join(__dirname, "resources.json"), "utf8"));
/** The outputs that any declaration refers to. */
const outputsUsed = [...JSON.stringify(declarations).matchAll(/"output":"(\w+)"/g)].map(([, output = ""]) => output);
const resources = new Map<string, pulumi.CustomResource>();
const components = new Map<string, pulumi.ComponentResource>();

for (const { kind, name, args, after = [], under, watched = [], options, read } of declarations) {
  if (kind.endsWith("Output")) {
    const lookUp = classes[kind] as (query: unknown, options: object) => pulumi.Output<unknown>;
    const dependsOn = after.map((before) => components.get(before) ?? existing(before));
    lookUp(resolve(args), { dependsOn }).apply(() => note(name, "found"));
    continue;
  }
  const Kind = classes[kind] as Kind;
  const all = {
    ...options,
    dependsOn: after.map(existing),
    ...(under === undefined ? {} : { parent: component(under) }),
  };
  const resource = read === undefined ? new Kind(name, resolve(args) as object, all) : Kind.get(name, idOf(read), all);
  resources.set(name, resource);
  for (const property of watched) {
    // Called only with a value that is known.
    outputOf(resource, property).apply(() => note(name, property));
  }
}

/** The classes and look-ups as those of a generated SDK: they pass everything on to the plugin. */
function nativeClasses(): Readonly<Record<string, unknown>> {
  const exported = Object.entries(roster);
  const kinds = exported.filter(([, value]) => isKind(value)).map(([kind]) => [kind, nativeClass(kind)]);
  const lookUps = exported.filter(([name]) => /^get\w+Output$/.test(name)).map(([name]) => [name, nativeLookUp(name)]);
  return Object.fromEntries([...kinds, ...lookUps]);
}

function isKind(value: unknown): boolean {
  return typeof value === "function" && value.prototype instanceof pulumi.CustomResource;
}

function nativeClass(kind: string): Kind {
  return class extends pulumi.CustomResource {
    constructor(name: string, args: object, options: object) {
      const watched = declarations.flatMap((one) => (one.name === name ? (one.watched ?? []) : []));
      const used = Object.fromEntries([...watched, ...outputsUsed].map((output) => [output, undefined]));
      super(`roster:index:${kind}`, name, { ...used, ...args }, options);
    }

    static get(name: string, id: pulumi.Input<string>, options: object): pulumi.CustomResource {
      return new this(name, {}, { ...options, id });
    }
  };
}

function nativeLookUp(name: string) {
  const token = `roster:index:${name.slice(0, -"Output".length)}`;
  return (query: pulumi.Inputs, options: object) => pulumi.runtime.invokeOutput(token, query, options);
}

function idOf(read: unknown): pulumi.Input<string> {
  const given = resolve(read);
  return pulumi.CustomResource.isInstance(given) ? given.id : (given as string);
}

function note(name: string, property: string): void {
  appendFileSync(path.join(__dirname, "known"), `${name}.${property}\n`);
}

function resolve(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(resolve);
  }
  if ("$secret" in value) {
    return pulumi.secret(resolve(value.$secret));
  }
  if ("$all" in value) {
    return pulumi.all((value.$all as unknown[]).map(resolve)).apply(([first]) => first);
  }
  if ("$members" in value) {
    const roles = "roles" in value ? (value.roles as readonly string[]) : [];
    return membersFromCsv(path.join(__dirname, String(value.$members)), { roles });
  }
  if ("$assignees" in value) {
    return assigneesFromCsv(path.join(__dirname, String(value.$assignees)));
  }
  if (!("$" in value)) {
    return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, resolve(inner)]));
  }
  const resource = existing(String(value.$));
  if ("gives" in value) {
    const known = resolve(value.gives);
    return resource.id.apply(() => (pulumi.CustomResource.isInstance(known) ? known.id : known));
  }
  return "output" in value ? outputOf(resource, String(value.output)) : resource;
}

function outputOf(resource: pulumi.CustomResource, property: string): pulumi.Output<unknown> {
  const output = (resource as unknown as Readonly<Record<string, unknown>>)[property];
  if (!pulumi.Output.isInstance(output)) {
    throw new Error(`there is no property ${property}`);
  }
  return output;
}

function existing(name: string): pulumi.CustomResource {
  const resource = resources.get(name);
  if (resource === undefined) {
    throw new Error(`${name} is not declared before it is needed`);
  }
  return resource;
}

function component(name: string): pulumi.ComponentResource {
  // A type of its own: a URN has the types of its parents, and not their names.
  const known = components.get(name) ?? new pulumi.ComponentResource(`test:index:${name}`, name);
  components.set(name, known);
  return known;
}
