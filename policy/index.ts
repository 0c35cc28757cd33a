/** The policy pack: the engine runs this file. */
import { PolicyPack } from "@pulumi/policy";
import { policyOf } from "./policies.ts";
import { rules } from "./rules/registry.ts";
import { hideSecrets } from "./secrets.ts";

hideSecrets();
new PolicyPack("roster", { policies: rules.map(policyOf) });
