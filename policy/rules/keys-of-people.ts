/** Keys of people that machines use. */
import { personOf, titleOf } from "../messages.ts";
import { type Resource, textOf, userOf } from "../resources.ts";
import type { StackRule } from "../rule.ts";

interface Settings {
  readonly deliveredKeys: boolean;
}

/** Reports keys that a machine uses, and that stop with the account of a person. */
export const keysOfPeople: StackRule<Settings> = {
  name: "keys-of-people",
  description: "Keys that machines use belong to no person.",
  enforcementLevel: "advisory",
  settings: {
    deliveredKeys: {
      type: "boolean",
      default: true,
      description:
        "Whether a person's key of kind `user` counts as used by a machine if `deliverTo.file` writes it to a file.",
    },
  },
  sees:
    "A key counts as used by a machine if its kind is `server` or `webapi`, or if it is of kind `user` and is written to a file. " +
    "The rule sees who owns a key only if the owner is a User of the same stack, and a person if its `kind` is `person`. It " +
    "doesn't see what a program does with the output `key`. Revoked keys don't count.",
  checkStack(resources, { deliveredKeys }) {
    return resources
      .filter(({ kind, properties }) => kind === "ApiKey" && properties.state === "active")
      .flatMap((key) => {
        const use = machineUse(key, deliveredKeys);
        const owner = userOf(key);
        if (use === undefined || owner?.properties.kind !== "person") {
          return [];
        }
        const message =
          `${titleOf(key, "name")} ${use}, and its owner ${personOf(owner)} is a person: it stops with that person's ` +
          'account. Machines\' keys belong to system users: set owner to a User of kind "system".';
        return [{ message, at: key }];
      });
  },
};

/** Returns how a machine uses a key, as far as the stack shows it. */
function machineUse(key: Resource, deliveredKeys: boolean): string | undefined {
  const kind = textOf(key, "kind");
  if (kind === "server" || kind === "webapi") {
    return `is of kind ${kind}`;
  }
  const { deliverTo } = key.properties;
  const isDelivered = typeof deliverTo === "object" && deliverTo !== null && "file" in deliverTo;
  return kind === "user" && deliveredKeys && isDelivered ? "is written to a file" : undefined;
}
