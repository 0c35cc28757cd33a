import * as path from "node:path";
import { fromManifest } from "pulumi-roster";

const manifest = fromManifest(path.join(__dirname, "company.yaml"));

export const organization = manifest.organizationId;
export const { keys, tokens } = manifest;
