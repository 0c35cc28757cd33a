import * as path from "node:path";
import { fromManifest } from "pulumi-roster";

const { apiKeys, keys: plaintext } = fromManifest(path.join(__dirname, "keys.yaml"));

export const legacy = apiKeys.legacy?.displayName;
/** The plaintext of the keys, as a secret, for setting up the integrations. The stack has none of the legacy key. */
export const keys = plaintext;
