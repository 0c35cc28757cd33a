/** Has the service try the changes of a preview. */
import type { Lifecycle } from "../lifecycle/interface.ts";
import { Preview } from "../preview/preview.ts";
import type { PlannedChange } from "../preview/previewed-resources.ts";
import type { Client } from "../wire/client.ts";
import type { EngineLog } from "./engine-log.ts";

/** How long to wait for more changes to try together. The engine waits for the answer before it plans what depends on it. */
const waitMs = 50;

/** A resource of the previewed program. */
export interface TriedResource {
  readonly urn: string;
  readonly lifecycle: Lifecycle;
  /** The resource, as messages name it. */
  readonly title: string;
  /** Whether messages must not contain the addresses of its entries. */
  readonly hasSecretEntries: boolean;
}

/** The trials of one preview. */
export class PreviewTrials {
  readonly #client: () => Client;
  readonly #log: EngineLog;
  #preview: Preview | undefined;

  constructor(client: () => Client, log: EngineLog) {
    this.#client = client;
    this.#log = log;
  }

  /**
   * Tries a change, together with others that the engine plans at the same time. Warnings are printed.
   *
   * @returns why the service would refuse it
   */
  async refusalsOf(resource: TriedResource, change: PlannedChange): Promise<readonly string[]> {
    const client = this.#client();
    if (client.trials === undefined) {
      return [];
    }
    this.#preview ??= new Preview(
      client,
      // The call for the resource fails instead.
      { say: (message) => void this.#log.print("info", message), fail: () => undefined },
      waitMs,
    );
    const { urn, lifecycle, title, hasSecretEntries } = resource;
    const refusals: string[] = [];
    const previewed = {
      lifecycle,
      title,
      source: resource,
      // The engine doesn't tell a plugin what comes first.
      before: () => Promise.resolve([]),
      hasSecretEntries: () => Promise.resolve(hasSecretEntries),
      print: (severity: "error" | "warning", message: string) => {
        if (severity === "error") {
          refusals.push(message);
        } else {
          void this.#log.print(severity, message, urn);
        }
      },
    };
    await this.#preview.add(previewed, Promise.resolve(change));
    return refusals;
  }
}
