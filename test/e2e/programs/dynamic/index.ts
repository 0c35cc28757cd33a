/** A dynamic provider of the program's own, for what the engine does with any: it has no part in Roster. Its code, secrets included, is in the state in plaintext. */
import * as pulumi from "@pulumi/pulumi";

class Unfinished extends pulumi.dynamic.Resource {
  declare readonly secret: pulumi.Output<string>;
  declare readonly finished: pulumi.Output<boolean>;

  constructor(name: string) {
    const provider: pulumi.dynamic.ResourceProvider = {
      async create() {
        process.stdout.write("said by the provider\n");
        const properties = { secret: ["shown", "only", "once"].join("-"), finished: false };
        throw Object.assign(new Error("not finished"), { id: "made", properties, reasons: ["it was interrupted"] });
      },
      async update(_id, state) {
        return { outs: { ...state, finished: true } };
      },
    };
    super(provider, name, { secret: undefined, finished: undefined }, { additionalSecretOutputs: ["secret"] });
  }
}

const { id, secret, finished } = new Unfinished("unfinished");
export const outputs = { id, secret, finished };
