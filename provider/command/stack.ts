/** Reads the stack of a command: its state, its configuration, and whether an update is running. */
import type { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { setLifecycles } from "../kinds/registry.ts";
import { kindOfType } from "../lifecycle/resource-type.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { isLockedAt, stackNamed } from "./locks.ts";

/** A stack, as far as a command needs it. */
export interface CommandStack {
  /** Without organization and project. */
  readonly name: string;
  readonly project: string;
  /** Reads the stack's configuration, secrets included. */
  config(key: string): string | undefined;
  /** The service's objects that the state contains, including those that are pending deletion. */
  readonly known: readonly KnownObject[];
  /** The number of creates that the state records as begun but not completed. */
  readonly pendingCreates: number;
  /** Whether an update is running, or was killed and left its lock; undefined if the backend doesn't report it. */
  readonly isLocked: boolean | undefined;
  /** Whether the backend is a file system or a bucket, in which every stack belongs to `organization`. */
  readonly isSelfManaged: boolean;
}

/** An object in the state. */
export interface KnownObject {
  readonly id: string;
  readonly externalId: string | undefined;
  /** The identity of the object's service, if the state contains it. */
  readonly service?: string;
}

/** The name and the value by which the engine marks a secret. */
const [secretName, secretValue] = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"];

const deploymentShape = z.object({
  resources: z
    .array(
      z.object({
        urn: z.string(),
        type: z.string(),
        id: z.string().optional(),
        outputs: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
  pending_operations: z.array(z.object({ type: z.string(), resource: z.object({ type: z.string() }) })).optional(),
});

/**
 * Reads a stack through the Pulumi CLI on the PATH.
 *
 * @param folder the folder of the project
 * @param environment the environment of the CLI
 * @param stackName the selected stack by default
 * @throws Error if the stack does not exist, the CLI fails, or the state can't be read
 */
export async function readStack(
  folder: string,
  environment: NodeJS.ProcessEnv,
  stackName?: string,
): Promise<CommandStack> {
  try {
    return await read(folder, environment, stackName);
  } catch (error) {
    throw inOneLine(error);
  }
}

/** The error message of the CLI. The SDK's error contains everything that the CLI printed, which may include secrets. */
function inOneLine(error: unknown): unknown {
  const { commandResult } = error as { readonly commandResult?: { readonly stderr?: unknown } };
  if (commandResult === undefined) {
    return error;
  }
  const said = String(commandResult.stderr ?? "");
  if (/failed with ENOENT/.test(said)) {
    return new Error("the Pulumi CLI was not found: install it, or add the folder of `pulumi` to PATH.");
  }
  const [, reason = "it gave no reason"] = /^error: (.+)$/m.exec(said) ?? [];
  return new Error(`the Pulumi CLI can't read the stack: ${reason}`);
}

async function read(folder: string, environment: NodeJS.ProcessEnv, stackName?: string): Promise<CommandStack> {
  // Imported here because it is large, and only commands need it.
  const automation = await import("@pulumi/pulumi/automation/index.js");
  const envVars = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const workspace = await automation.LocalWorkspace.create({ workDir: folder, envVars });
  const given = stackName ?? (await workspace.stack())?.name;
  if (given === undefined) {
    throw new Error("no stack is selected: specify one with --stack, or select one with `pulumi stack select`.");
  }
  const stack = stackNamed(given, (await workspace.projectSettings()).name);
  const config = await workspace.getAllConfig(given);
  const state = readDeployment((await workspace.exportStack(given)).deployment);
  const backend = (await workspace.whoAmI()).url ?? "";
  const isSelfManaged = !/^https?:/.test(backend);
  return {
    ...stack,
    ...state,
    config: (key) => config[key]?.value,
    isLocked: isSelfManaged ? isLockedAt(backend, folder, stack) : await isUpdating(workspace, given),
    isSelfManaged,
  };
}

/**
 * Reads the objects of a state, as the CLI exports it with its secrets in plaintext.
 *
 * @throws Error if it doesn't have the form that the CLI exports, or if the entries of a set can't be read
 */
export function readDeployment(deployment: unknown): Pick<CommandStack, "known" | "pendingCreates"> {
  const { resources = [], pending_operations: pending = [] } = deploymentShape.parse(deployment);
  const known = resources.flatMap(({ urn, type, id = "", outputs = {} }): KnownObject[] => {
    if (kindOfType(type) === undefined || id === "") {
      return [];
    }
    const { externalId, __service, ...values } = inPlaintext(outputs) as PropertyMap;
    const object = {
      id,
      externalId: typeof externalId === "string" ? externalId : undefined,
      ...(typeof __service === "string" ? { service: __service } : {}),
    };
    return [object, ...partsIn(urn, type, id, values)];
  });
  const creates = pending.filter(
    ({ type, resource }) => type === "creating" && kindOfType(resource.type) !== undefined,
  );
  return { known, pendingCreates: creates.length };
}

/** A value with its secrets in plaintext; encrypted secrets become undefined. */
function inPlaintext(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(inPlaintext);
  }
  if (!isRecord(value)) {
    return value;
  }
  if (value[secretName] === secretValue) {
    return typeof value.plaintext === "string" ? inPlaintext(JSON.parse(value.plaintext)) : undefined;
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inPlaintext(member)]));
}

/** The entries of a set, each of which is an object of the service. */
function partsIn(urn: string, type: string, id: string, outputs: PropertyMap): KnownObject[] {
  const set = setLifecycles.find(({ kind }) => kind === kindOfType(type));
  const parts = set === undefined ? [] : set.objectIds(id, outputs);
  // If the set counted as empty, all its entries would look lost.
  if (parts === undefined) {
    throw new Error(`the entries of ${urn} can't be read: its \`ids\` are missing from the state, or encrypted.`);
  }
  return parts.map((id) => ({ id, externalId: undefined }));
}

async function isUpdating(workspace: LocalWorkspace, name: string): Promise<boolean | undefined> {
  const stacks = await workspace.listStacks();
  return stacks.find((stack) => stack.name === name)?.updateInProgress;
}
