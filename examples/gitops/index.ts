import * as path from "node:path";
import { fromManifest } from "pulumi-roster";

fromManifest(path.join(__dirname, "access/roster.yaml"));
