/** The stack that a command is about: its state, its configuration, and whether an update of it is running. */
import { existsSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import type { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { setLifecycles } from "../resources/registry.ts";
import { isRecord } from "../values.ts";

/** What a command needs to know of a stack. */
export interface CommandStack {
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
}

const typePrefix = "pulumi-nodejs:dynamic/roster:";

const deployment = z.object({
  resources: z
    .array(z.object({ type: z.string(), id: z.string().optional(), outputs: z.unknown().optional() }))
    .optional(),
  pending_operations: z.array(z.object({ type: z.string(), resource: z.object({ type: z.string() }) })).optional(),
});

/**
 * Reads a stack through the Pulumi CLI on the PATH.
 *
 * @param folder where the project is
 * @param stackName the selected stack unless given
 * @throws Error if there is no such stack, or the CLI fails
 */
export async function readStack(folder: string, stackName?: string): Promise<CommandStack> {
  // Only a command needs it, and it is large.
  const automation = await import("@pulumi/pulumi/automation/index.js");
  const workspace = await automation.LocalWorkspace.create({ workDir: folder });
  const name = stackName ?? (await workspace.stack())?.name;
  if (name === undefined) {
    throw new Error("no stack is selected: name one with --stack, or select one with `pulumi stack select`.");
  }
  const { name: project } = await workspace.projectSettings();
  const config = await workspace.getAllConfig(name);
  const state = deployment.parse((await workspace.exportStack(name)).deployment);
  const backend = (await workspace.whoAmI()).url ?? "";
  const isSelfManaged = !/^https?:/.test(backend);
  return {
    name,
    project,
    config: (key) => config[key]?.value,
    known: (state.resources ?? [])
      .filter(({ type, id }) => type.startsWith(typePrefix) && id !== undefined && id !== "")
      .flatMap(({ type, id = "", outputs }) => [{ id, externalId: externalIdIn(outputs) }, ...partsIn(type, outputs)]),
    pendingCreates: (state.pending_operations ?? []).filter(
      ({ type, resource }) => type === "creating" && resource.type.startsWith(typePrefix),
    ).length,
    isLocked: await isLocked(workspace, backend, project, name),
    isSelfManaged,
  };
}

function externalIdIn(outputs: unknown): string | undefined {
  const externalId = isRecord(outputs) ? outputs.externalId : undefined;
  return typeof externalId === "string" ? externalId : undefined;
}

/** What a set is made of: each part is an object of the service. */
function partsIn(type: string, outputs: unknown): KnownObject[] {
  const set = setLifecycles.find(({ kind }) => type === `${typePrefix}${kind}`);
  const parts = set !== undefined && isRecord(outputs) ? set.partsOf(outputs) : [];
  return parts.map((id) => ({ id, externalId: undefined }));
}

async function isLocked(
  workspace: LocalWorkspace,
  backend: string,
  project: string,
  name: string,
): Promise<boolean | undefined> {
  if (/^https?:/.test(backend)) {
    const stacks = await workspace.listStacks();
    return stacks.find((stack) => stack.name === name)?.updateInProgress;
  }
  if (!backend.startsWith("file:")) {
    return undefined;
  }
  const folder = path.join(fileURLToPath(backend), ".pulumi", "locks", "organization", project, name);
  return existsSync(folder) && readdirSync(folder).some((file) => file.endsWith(".json"));
}
