import * as path from "node:path";
import { fromManifest } from "pulumi-roster";

export const { keys } = fromManifest(path.join(__dirname, "roster.yaml"));
