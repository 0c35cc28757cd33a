/**
 * The dynamic provider in a process of its own, as the engine has it, that is spoken to by gRPC; without the engine, so that
 * hundreds can be killed in minutes.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import {
  credentials,
  Server as GrpcServer,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
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
  ProviderHandshakeRequest,
  ReadRequest,
  type ReadResponse,
  UpdateRequest,
  type UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Message } from "google-protobuf";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { paths } from "../../scripts/environment.mjs";
import type { Access } from "../e2e/service.ts";
import type { Front } from "../e2e/stack.ts";

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

/** The port of an engine, which a provider watches. */
class Engine {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#connections.add(socket);
      socket.on("error", () => socket.destroy());
    });
  }

  static async start(): Promise<Engine> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Engine(server);
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  end(): void {
    this.#server.close();
    for (const connection of this.#connections) {
      connection.destroy();
    }
  }
}

/** A process that runs the provider for one command after another. */
class Host {
  /** One for each command, because a provider that has ended still watches its own; the last one is the present command's. */
  readonly #engines: Engine[];
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly front: Front;
  /** What it has printed, or had the engine print, since the provider was loaded. */
  printed: string[] = [];
  /** The port of the provider. */
  port: Promise<string>;
  /** Where the provider's log is taken. */
  readonly logAddress: Promise<string>;
  readonly #log = new GrpcServer();
  #loaded: (port: string) => void = () => undefined;

  private constructor(engine: Engine, front: Front) {
    this.#engines = [engine];
    this.front = front;
    this.#child = spawn(paths.node, [path.join(__dirname, "provider-host.cjs"), engine.address, scripts[front]], {
      cwd: paths.checkout,
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.port = this.#nextPort();
    // The engine hides what a plugin prints.
    const print = (line: string) => front === "dynamic" && this.printed.push(line);
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      if (/^\d+$/.test(line)) {
        this.#loaded(line);
      } else {
        print(line);
      }
    });
    createInterface({ input: this.#child.stderr }).on("line", print);
    this.logAddress = this.#listen();
    this.#child.on("exit", () => {
      this.#log.forceShutdown();
      this.#engines.map((engine) => engine.end());
    });
  }

  static async start(front: Front): Promise<Host> {
    return new Host(await Engine.start(), front);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends the provider as the engine does when it is done. @returns once another is loaded */
  async renew(): Promise<void> {
    const engine = await Engine.start();
    this.#engines.push(engine);
    this.port = this.#nextPort();
    this.#child.stdin.write(`${engine.address}\n`);
    await this.port;
    this.printed = [];
  }

  /** Ends the process at once, as an operating system may. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Ends the engine, and leaves the provider to itself. */
  leave(): void {
    this.#engines.at(-1)?.end();
  }

  async ended(): Promise<void> {
    if (this.isRunning) {
      await once(this.#child, "exit");
    }
  }

  #listen(): Promise<string> {
    this.#log.addService(EngineService, {
      log: ({ request }: ServerUnaryCall<LogRequest, Empty>, done: sendUnaryData<Empty>) => {
        this.printed.push(request.getMessage());
        done(null, new Empty());
      },
    });
    return new Promise((resolve, reject) => {
      this.#log.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
        return error === null ? resolve(`127.0.0.1:${port}`) : reject(error);
      });
    });
  }

  #nextPort(): Promise<string> {
    return new Promise((resolve, reject) => {
      const end = () => reject(new EndedError());
      this.#child.once("exit", end);
      this.#loaded = (port) => {
        this.#child.off("exit", end);
        resolve(port);
      };
    });
  }
}

/** What runs the provider of each front. */
const scripts: Readonly<Record<Front, string>> = {
  dynamic: "@pulumi/pulumi/cmd/dynamic-provider/index.js",
  native: path.join(paths.checkout, "provider/dist/plugin/main.js"),
};

/** Hosts that no command uses now. They end with this process, which holds their input. */
const idle: Host[] = [];

/** A provider as one command has it: what it keeps in memory, no other has. */
export class ProviderProcess {
  readonly #host: Host;
  readonly #client: ResourceProviderClient;
  readonly #left = new AbortController();

  private constructor(host: Host, client: ResourceProviderClient) {
    this.#host = host;
    this.#client = client;
  }

  /** @param config what is configured beside the access, such as `timeoutMs` */
  static async start(
    access: Access,
    front: Front,
    config: Readonly<Record<string, string>> = {},
  ): Promise<ProviderProcess> {
    const known = idle.findIndex((one) => one.front === front);
    const host = idle.splice(known, known < 0 ? 0 : 1).at(0) ?? (await Host.start(front));
    const client = new ResourceProviderClient(`127.0.0.1:${await host.port}`, credentials.createInsecure());
    const started = new ProviderProcess(host, client);
    if (front === "native") {
      const handshake = new ProviderHandshakeRequest();
      handshake.setEngineAddress(await host.logAddress);
      await started.#call((done) => client.handshake(handshake, done));
    }
    const request = new ConfigureRequest();
    const own = { endpoint: access.endpoint, token: access.token, ...config };
    // The dynamic provider gets the configuration of the whole stack, and the plugin its own.
    const keyOf = (name: string) => (front === "dynamic" ? `roster:${name}` : name);
    request.setArgs(structOf(Object.fromEntries(Object.entries(own).map(([name, value]) => [keyOf(name), value]))));
    await started.#call((done) => client.configure(request, done));
    return started;
  }

  /** What it has printed, which the engine would show. */
  get printed(): readonly string[] {
    return this.#host.printed;
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

  /** Ends its process at once, as an operating system may. */
  kill(): void {
    this.#host.kill();
    this.#leave();
  }

  /** Ends the engine at once, and leaves the provider to itself: it goes on until it notices. */
  orphan(): void {
    this.#host.leave();
    this.#leave();
  }

  /** Waits for the end of one that was left to itself. */
  async ended(): Promise<void> {
    await this.#host.ended();
  }

  /** Ends it as the engine does when it is done. */
  async stop(): Promise<void> {
    if (this.#host.isRunning && !this.#left.signal.aborted) {
      await this.#call((done) => this.#client.cancel(new Empty(), done));
      await this.#host.renew();
      idle.push(this.#host);
    }
    this.#leave();
  }

  #leave(): void {
    this.#left.abort();
    this.#client.close();
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

/** The properties, without the marks of secrets: what becomes of those is tried on the real engine. */
function propertiesOf(struct: Struct | undefined): Properties {
  return unmarked(struct?.toJavaScript() ?? {}) as Properties;
}

const signature = "4dabf18193072939515e22adb298388d";

/** A value that the engine has marked as secret. */
export function secret(value: unknown): Properties {
  return { [signature]: "1b47061264138c4ac30d75fd1eb44270", value };
}

function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(unmarked);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (signature in value && "value" in value) {
    return unmarked(value.value);
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unmarked(one)]));
}
