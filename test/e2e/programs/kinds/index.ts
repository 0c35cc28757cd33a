import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ApiKey, ApiKeyAssignment, Membership, Organization, Role, User } from "pulumi-roster";

const classes = { Organization, Role, User, Membership, ApiKey, ApiKeyAssignment };

/** What a test declares in resources.json: arguments that are `{ "$": name }` stand for the resource of that name. */
interface Declaration {
  readonly kind: keyof typeof classes;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Names of resources that come before. */
  readonly after?: readonly string[];
  /** The name of a component to put it under. */
  readonly under?: string;
  readonly options?: pulumi.CustomResourceOptions;
}

const declarations: Declaration[] = JSON.parse(readFileSync(path.join(__dirname, "resources.json"), "utf8"));
const resources = new Map<string, pulumi.CustomResource>();
const components = new Map<string, pulumi.ComponentResource>();

for (const { kind, name, args, after = [], under, options } of declarations) {
  const Kind = classes[kind] as new (name: string, args: object, options: object) => pulumi.CustomResource;
  const resolved = Object.fromEntries(Object.entries(args).map(([key, value]) => [key, resolve(value)]));
  const resource = new Kind(name, resolved, {
    ...options,
    dependsOn: after.map(existing),
    ...(under === undefined ? {} : { parent: component(under) }),
  });
  resources.set(name, resource);
}

function resolve(value: unknown): unknown {
  return typeof value === "object" && value !== null && "$" in value ? existing(String(value.$)) : value;
}

function existing(name: string): pulumi.CustomResource {
  const resource = resources.get(name);
  if (resource === undefined) {
    throw new Error(`${name} is not declared before it is needed`);
  }
  return resource;
}

function component(name: string): pulumi.ComponentResource {
  const known = components.get(name) ?? new pulumi.ComponentResource("test:index:Group", name);
  components.set(name, known);
  return known;
}
