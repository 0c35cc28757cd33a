import * as pulumi from "@pulumi/pulumi";
import { ApiKey } from "pulumi-roster";

const organization = `org_${"0".repeat(32)}`;

new ApiKey("plain", { organization, name: "Plain", kind: "webapi", secret: "too-short-1" });
new ApiKey("marked", { organization, name: "Marked", kind: "webapi", secret: pulumi.secret("too-short-2") });
