/** The stack that a command is about: its state, its configuration, and whether an update of it is running. */
import type { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { setLifecycles } from "../kinds/registry.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { isLockedAt, stackNamed } from "./locks.ts";

/** What a command needs to know of a stack. */
export interface CommandStack {
  /** Without organization and project. */
  readonly name: string;
  readonly project: string;
  /** Reads the stack's configuration, secrets included. */
  config(key: string): string | undefined;
  /** The objects of the service that the state knows, those that wait to be deleted included. */
  readonly known: readonly KnownObject[];
  /** Creates that the state says were begun, and doesn't know the end of. */
  readonly pendingCreates: number;
  /** Whether an update is running, or was killed and left its lock; undefined where the backend doesn't tell. */
  readonly isLocked: boolean | undefined;
  /** Whether the backend is one of folders or buckets, where every stack belongs to `organization`. */
  readonly isSelfManaged: boolean;
}

/** An object as the state has it. */
export interface KnownObject {
  readonly id: string;
  readonly externalId: string | undefined;
  /** The identity of the service that it is in, as far as the state says. */
  readonly service?: string;
}

const typePrefix = "pulumi-nodejs:dynamic/roster:";

/** The engine's marks of a secret: this name, with this value. */
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
 * @param folder where the project is
 * @param stackName the selected stack by default
 * @throws Error if there is no such stack, the CLI fails, or the state can't be read
 */
export async function readStack(folder: string, stackName?: string): Promise<CommandStack> {
  try {
    return await read(folder, stackName);
  } catch (error) {
    throw inOneLine(error);
  }
}

/** What the CLI says is wrong. The SDK's error has all that the CLI printed, which may be the stack's secrets. */
function inOneLine(error: unknown): unknown {
  const { commandResult } = error as { readonly commandResult?: { readonly stderr?: unknown } };
  if (commandResult === undefined) return error;
  const said = String(commandResult.stderr ?? "");
  if (/failed with ENOENT/.test(said)) {
    return new Error("the Pulumi CLI was not found: install it, or add the folder of `pulumi` to PATH.");
  }
  const [, reason = "it gave no reason"] = /^error: (.+)$/m.exec(said) ?? [];
  return new Error(`the Pulumi CLI can't read the stack: ${reason}`);
}

async function read(folder: string, stackName?: string): Promise<CommandStack> {
  // Only a command needs it, and it is large.
  const automation = await import("@pulumi/pulumi/automation/index.js");
  const workspace = await automation.LocalWorkspace.create({ workDir: folder });
  const given = stackName ?? (await workspace.stack())?.name;
  if (given === undefined) {
    throw new Error("no stack is selected: name one with --stack, or select one with `pulumi stack select`.");
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
 * Reads what a stack's state has, as the CLI exports it with its secrets in plaintext.
 *
 * @throws Error if it isn't what the CLI exports, or if it can't be told what a set is made of
 */
export function readDeployment(deployment: unknown): Pick<CommandStack, "known" | "pendingCreates"> {
  const { resources = [], pending_operations: pending = [] } = deploymentShape.parse(deployment);
  const known = resources.flatMap(({ urn, type, id = "", outputs = {} }): KnownObject[] => {
    if (!type.startsWith(typePrefix) || id === "") {
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
  const creates = pending.filter(({ type, resource }) => type === "creating" && resource.type.startsWith(typePrefix));
  return { known, pendingCreates: creates.length };
}

/** A value with what is secret in it as it is; undefined in the place of what is encrypted. */
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

/** What a set is made of: each part is an object of the service. */
function partsIn(urn: string, type: string, id: string, outputs: PropertyMap): KnownObject[] {
  const set = setLifecycles.find(({ kind }) => type === `${typePrefix}${kind}`);
  const parts = set === undefined ? [] : set.objectIds(id, outputs);
  // Taken for a set of nobody, all that it is made of would look lost.
  if (parts === undefined) {
    throw new Error(`the state doesn't say, or not in plaintext, what ${urn} is made of: its \`ids\` can't be read.`);
  }
  return parts.map((id) => ({ id, externalId: undefined }));
}

async function isUpdating(workspace: LocalWorkspace, name: string): Promise<boolean | undefined> {
  const stacks = await workspace.listStacks();
  return stacks.find((stack) => stack.name === name)?.updateInProgress;
}
