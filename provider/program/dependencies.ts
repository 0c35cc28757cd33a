/** The resources that a resource or a look-up waits for. */
import * as pulumi from "@pulumi/pulumi";
import { getAllResources } from "@pulumi/pulumi/output.js";
import * as internals from "@pulumi/pulumi/runtime/dependsOn.js";

/** The functions by which the SDK finds the dependencies of an invoke. Its types omit them; a test checks that each supported SDK has them. */
const { gatherExplicitDependencies, getAllTransitivelyReferencedResources } = internals as unknown as {
  gatherExplicitDependencies(dependsOn: pulumi.InvokeOutputOptions["dependsOn"]): Promise<pulumi.Resource[]>;
  /** The custom resources among these, and those inside the components among these. */
  getAllTransitivelyReferencedResources(
    resources: ReadonlySet<pulumi.Resource>,
    exclude: ReadonlySet<pulumi.Resource>,
  ): Promise<pulumi.Resource[]>;
};

/** The custom resources that an output comes from, and those in `dependsOn`. A component stands for its children. */
export async function resourcesBehind(
  output: pulumi.Output<unknown>,
  dependsOn: pulumi.InvokeOutputOptions["dependsOn"],
): Promise<pulumi.CustomResource[]> {
  const named = await gatherExplicitDependencies(dependsOn);
  const direct = new Set([...(await getAllResources(output)), ...named]);
  const resources = await getAllTransitivelyReferencedResources(direct, new Set());
  return resources.filter((resource) => pulumi.CustomResource.isInstance(resource));
}
