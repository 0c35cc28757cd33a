/** The executable `pulumi-resource-roster`, which the engine starts. It prints the port at which the plugin answers. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { endWithEngine, finishAtEnd } from "../calls/engine.ts";
import { printBy } from "../messages.ts";
import { abandonAll, settleAll } from "../wire/client.ts";
import { EngineLog } from "./engine-log.ts";
import { Plugin } from "./server.ts";

/** The engine sends the whole state of a resource: a set may be large. */
const maxMessageBytes = 400 * 1024 * 1024;

const { version } = JSON.parse(readFileSync(path.join(__dirname, "../../package.json"), "utf8")) as { version: string };
const log = new EngineLog();
const engine = process.argv.at(-1) ?? "";
endWithEngine(engine, abandonAll);
finishAtEnd(settleAll);
// The engine hides what a plugin prints (measured with 3.276).
printBy((line) => log.print("info", line));

const server = new Server({
  "grpc.max_receive_message_length": maxMessageBytes,
  "grpc.max_send_message_length": maxMessageBytes,
});
server.addService(ResourceProviderService, new Plugin(version, log).service);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) {
    throw error;
  }
  process.stdout.write(`${port}\n`);
});
