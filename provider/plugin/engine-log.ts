/** Messages for the person who runs the engine, which displays them at the resource that they are about. */
import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";

/** What a message means. */
export type Severity = "info" | "warning" | "error";

const severities = { info: LogSeverity.INFO, warning: LogSeverity.WARNING, error: LogSeverity.ERROR } as const;

/** The log of the engine that has started the plugin. */
export class EngineLog {
  #client: EngineClient | undefined;

  /** @param address `host:port` of the engine */
  connect(address: string): void {
    if (address !== "") {
      this.#client = new EngineClient(address, credentials.createInsecure());
    }
  }

  /** Prints a message. @param urn the resource that it is about; empty for the stack */
  print(severity: Severity, message: string, urn = ""): Promise<void> {
    const request = new LogRequest();
    request.setSeverity(severities[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    return new Promise((resolve) => {
      if (this.#client === undefined) {
        resolve();
        return;
      }
      // A message that is lost is no reason to fail.
      this.#client.log(request, () => resolve());
    });
  }
}
