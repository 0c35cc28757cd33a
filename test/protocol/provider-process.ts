/**
 * The dynamic provider as the engine starts it, a process that is spoken to by gRPC; without the engine, so that
 * hundreds can be killed in minutes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError, status } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckRequest,
  type CheckResponse,
  ConfigureRequest,
  CreateRequest,
  type CreateResponse,
  DeleteRequest,
  DiffRequest,
  DiffResponse,
  ErrorResourceInitFailed,
  ReadRequest,
  type ReadResponse,
  UpdateRequest,
  type UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Message } from "google-protobuf";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { paths } from "../../scripts/environment.mjs";
import type { Access } from "../e2e/service.ts";

/** The properties of a resource, as the engine has them. */
export type Properties = Readonly<Record<string, unknown>>;

/** The provider, or the engine with it, ended before it had answered. */
export class EndedError extends Error {
  constructor() {
    super("the provider's process has ended");
    this.name = "EndedError";
  }
}

/** An object was made or changed, and not finished: what there is of it. */
export class UnfinishedError extends Error {
  readonly id: string;
  readonly properties: Properties;

  constructor(message: string, id: string, properties: Properties) {
    super(message);
    this.name = "UnfinishedError";
    this.id = id;
    this.properties = properties;
  }
}

/** A provider's process, with the port of an engine that it watches. */
export class ProviderProcess {
  readonly #child: ChildProcess;
  readonly #client: ResourceProviderClient;
  readonly #engine: Server;
  readonly #connections: Set<Socket>;
  readonly #left = new AbortController();
  readonly #printed: string[] = [];

  private constructor(child: ChildProcess, client: ResourceProviderClient, engine: Server, connections: Set<Socket>) {
    this.#child = child;
    this.#client = client;
    this.#engine = engine;
    this.#connections = connections;
  }

  /** @param config what is configured beside the access, such as `timeoutMs` */
  static async start(access: Access, config: Readonly<Record<string, string>> = {}): Promise<ProviderProcess> {
    const engine = createServer();
    const connections = new Set<Socket>();
    engine.on("connection", (socket) => {
      connections.add(socket);
      socket.on("error", () => socket.destroy());
    });
    engine.listen(0, "127.0.0.1");
    await once(engine, "listening");
    const script = path.join(paths.checkout, "node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js");
    const { port } = engine.address() as AddressInfo;
    const child = spawn(paths.node, [script, `127.0.0.1:${port}`], {
      cwd: paths.checkout,
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, "line")) as [string];
    const client = new ResourceProviderClient(`127.0.0.1:${line.trim()}`, credentials.createInsecure());
    const started = new ProviderProcess(child, client, engine, connections);
    // The engine shows both.
    for (const output of [lines, createInterface({ input: child.stderr })]) {
      output.on("line", (printed) => started.#printed.push(printed));
    }
    const request = new ConfigureRequest();
    const own = { endpoint: access.endpoint, token: access.token, ...config };
    request.setArgs(
      structOf(Object.fromEntries(Object.entries(own).map(([name, value]) => [`roster:${name}`, value]))),
    );
    await started.#call((done) => client.configure(request, done));
    return started;
  }

  /** What it has printed, which the engine would show. */
  get printed(): readonly string[] {
    return this.#printed;
  }

  /** @returns the inputs as the provider completes them. @throws Error that names what it refuses. */
  async check(urn: string, olds: Properties, news: Properties): Promise<Properties> {
    const request = new CheckRequest();
    request.setUrn(urn);
    request.setOlds(structOf(olds));
    request.setNews(structOf(news));
    const response = await this.#call<CheckResponse>((done) => this.#client.check(request, done));
    const failures = response.getFailuresList().map((failure) => failure.getReason());
    if (failures.length > 0) {
      throw new Error(`check of ${urn}: ${failures.join("; ")}`);
    }
    return propertiesOf(response.getInputs());
  }

  /** What a change of inputs means. */
  async diff(urn: string, id: string, olds: Properties, news: Properties): Promise<"same" | "update" | "replace"> {
    const request = new DiffRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOlds(structOf(olds));
    request.setNews(structOf(news));
    const response = await this.#call<DiffResponse>((done) => this.#client.diff(request, done));
    if (response.getChanges() === DiffResponse.DiffChanges.DIFF_NONE) {
      return "same";
    }
    return response.getReplacesList().length > 0 ? "replace" : "update";
  }

  async create(urn: string, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    const request = new CreateRequest();
    request.setUrn(urn);
    request.setProperties(structOf(inputs));
    const response = await this.#call<CreateResponse>((done) => this.#client.create(request, done));
    return { id: response.getId(), outputs: propertiesOf(response.getProperties()) };
  }

  async update(urn: string, id: string, olds: Properties, news: Properties): Promise<Properties> {
    const request = new UpdateRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOlds(structOf(olds));
    request.setNews(structOf(news));
    const response = await this.#call<UpdateResponse>((done) => this.#client.update(request, done));
    return propertiesOf(response.getProperties());
  }

  /** @returns undefined where there is none. */
  async read(
    urn: string,
    id: string,
    outputs: Properties,
  ): Promise<{ outputs: Properties; inputs: Properties } | undefined> {
    const request = new ReadRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setProperties(structOf(outputs));
    const response = await this.#call<ReadResponse>((done) => this.#client.read(request, done));
    if (response.getId() === "") {
      return undefined;
    }
    return { outputs: propertiesOf(response.getProperties()), inputs: propertiesOf(response.getInputs()) };
  }

  async delete(urn: string, id: string, outputs: Properties): Promise<void> {
    const request = new DeleteRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setProperties(structOf(outputs));
    await this.#call((done) => this.#client.delete(request, done));
  }

  /** Ends it at once, as an operating system may. */
  kill(): void {
    this.#child.kill("SIGKILL");
    this.#leave();
  }

  /** Ends the engine at once, and leaves the provider to itself: it goes on until it notices. */
  orphan(): void {
    this.#leave();
  }

  /** Waits for the end of one that was left to itself. */
  async ended(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, "exit");
    }
  }

  /** Ends it as the engine does when it is done. */
  async stop(): Promise<void> {
    this.#child.kill("SIGINT");
    await this.ended();
    this.#leave();
  }

  #leave(): void {
    this.#left.abort();
    this.#client.close();
    this.#engine.close();
    for (const connection of this.#connections) {
      connection.destroy();
    }
  }

  #call<Response extends Message>(
    send: (done: (error: ServiceError | null, response: Response) => void) => unknown,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const { signal } = this.#left;
      // A closed channel lets a call that is under way end: an engine that is gone would still hear of it.
      const end = () => reject(new EndedError());
      if (signal.aborted) {
        end();
        return;
      }
      signal.addEventListener("abort", end);
      send((error, response) => {
        signal.removeEventListener("abort", end);
        if (error === null || error === undefined) {
          resolve(response);
        } else {
          reject(readError(error));
        }
      });
    });
  }
}

function readError(error: ServiceError): Error {
  if (error.code === status.UNAVAILABLE || error.code === status.CANCELLED) {
    return new EndedError();
  }
  const [details] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (details === undefined) {
    return new Error(error.details);
  }
  const [any] = Status.deserializeBinary(Buffer.from(details)).getDetailsList();
  const unfinished = ErrorResourceInitFailed.deserializeBinary(any?.getValue_asU8() ?? new Uint8Array());
  return new UnfinishedError(error.details, unfinished.getId(), propertiesOf(unfinished.getProperties()));
}

function structOf(properties: Properties): Struct {
  // What is undefined is not there; a struct has no such thing.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>);
}

function propertiesOf(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}
