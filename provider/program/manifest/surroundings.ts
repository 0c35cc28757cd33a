/** What the resources of a manifest have in common. */
import type * as pulumi from "@pulumi/pulumi";
import type { Membership, Organization, User } from "../generated/index.ts";
import type { ManifestDocument } from "./schema.ts";

/** What a section of a manifest needs to know of the others to declare its resources. */
export interface Surroundings {
  readonly manifest: ManifestDocument;
  /** The name in the stack of a resource, by its name in the manifest. */
  named(name: string): string;
  readonly organization: Organization | pulumi.Output<string>;
  readonly users: Readonly<Record<string, User>>;
  /** By the name of the user or member. */
  readonly memberships: Readonly<Record<string, Membership>>;
  readonly options: pulumi.CustomResourceOptions;
}
