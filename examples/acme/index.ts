import * as path from "node:path";
import { fromManifest } from "pulumi-roster";

/** The keys' plaintext, secret: `npm run pulumi -- stack output keys --show-secrets`. */
export const { keys } = fromManifest(path.join(__dirname, "roster.yaml"));
