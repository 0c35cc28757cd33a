/** The metadata of a kind, for the fronts and for the documentation. */
import type { z } from "zod";
import { namesOf, repeatsIn } from "../values/property.ts";
import type { Documentation, Normalize, Subjects, Warning } from "./definition.ts";
import type { Part } from "./parts.ts";

/** The part of a kind's definition that doesn't concern requests. */
interface KindMetadata {
  readonly kind: string;
  readonly documentation: Documentation;
  readonly alwaysAdopts?: boolean;
  readonly args: z.ZodRawShape;
  readonly outputs: z.ZodRawShape;
  /** The values that the state keeps in addition to the outputs, and which argument each repeats. */
  readonly kept?: Readonly<Record<string, string>>;
  readonly subjects?: Subjects;
  readonly part?: Part;
  readonly normalize?: Normalize;
  readonly warnings?: readonly Warning[];
}

/** The part of a lifecycle that describes the kind and its properties. */
export abstract class LifecycleBase {
  /** The resource's name in programs, such as `User`. */
  readonly kind: string;
  readonly documentation: Documentation;
  /** Whether every create adopts, because the service always has the object. */
  readonly alwaysAdopts: boolean;
  /** The arguments of the kind, without the shared ones. */
  readonly args: z.ZodRawShape;
  /** The properties that the service computes. */
  readonly outputs: z.ZodRawShape;
  /** The arguments that can't be changed in place. */
  readonly replaceOn: readonly string[];
  /** The properties, arguments included, that are secret. */
  readonly secrets: readonly string[];
  /** The outputs that repeat an argument under another name, and that argument; for a set, they repeat only its addresses. */
  readonly repeats: Readonly<Record<string, string>>;
  /** The outputs that never change once they have a value, so that they are known while the object is updated. */
  readonly stables: readonly string[];
  readonly subjects: Subjects;
  /** The part of an object that another kind can manage as well, if there is one. */
  readonly part: Part | undefined;
  readonly normalize: Normalize;
  /** The warnings that previews print. */
  readonly warnings: readonly Warning[];

  constructor(description: KindMetadata) {
    const { kind, documentation, args, outputs, kept = {}, subjects = {}, normalize = {}, warnings = [] } = description;
    this.kind = kind;
    this.documentation = documentation;
    this.alwaysAdopts = description.alwaysAdopts === true;
    this.args = args;
    this.outputs = outputs;
    this.replaceOn = namesOf(args, ({ change }) => change === "replaces");
    this.secrets = namesOf({ ...args, ...outputs }, ({ secret }) => secret === true);
    this.repeats = { ...repeatsIn(outputs), ...kept };
    this.stables = namesOf(outputs, ({ stable }) => stable === true);
    this.subjects = subjects;
    this.part = description.part;
    this.normalize = normalize;
    this.warnings = warnings;
  }
}
