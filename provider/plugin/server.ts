/**
 * The native provider: serves the protocol between the engine and a plugin. Nothing about resources is decided here.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
 */
import type { handleUnaryCall, ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import {
  CheckFailure,
  type CheckRequest,
  CheckResponse,
  type ConfigureRequest,
  ConfigureResponse,
  type DiffRequest,
  DiffResponse,
  GetMappingResponse,
  GetMappingsResponse,
  GetSchemaResponse,
  type ProviderHandshakeRequest,
  ProviderHandshakeResponse,
} from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { Run } from "../calls/run.ts";
import { allSaid } from "../messages.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { type Client, clientOf, interruptAll } from "../wire/client.ts";
import { configurationFault, type PluginConfiguration, readPluginConfiguration } from "./configuration.ts";
import type { EngineLog } from "./engine-log.ts";
import { failureOf } from "./errors.ts";
import { invoke } from "./functions.ts";
import { list } from "./lists.ts";
import { Resources } from "./resources.ts";
import { packageSchema } from "./schema.ts";
import { PreviewTrials } from "./trials.ts";
import { received, sent } from "./values.ts";

/** One provider: the engine starts a process for each. */
export class Plugin {
  readonly #version: string;
  readonly #log: EngineLog;
  readonly #resources: Resources;
  #configuration: PluginConfiguration | undefined;

  constructor(version: string, log: EngineLog) {
    this.#version = version;
    this.#log = log;
    const client = () => this.#client();
    const run = new Run();
    const stackId = () => this.#configuration?.stackId;
    this.#resources = new Resources({ run, trials: new PreviewTrials(client, log), client, stackId });
  }

  /** The calls that the plugin answers. gRPC refuses the others. */
  get service(): UntypedServiceImplementation {
    const resources = this.#resources;
    const client = () => this.#client();
    return {
      handshake: answering((request) => this.#handshake(request)),
      attach: answering(() => new Empty()),
      getPluginInfo: answering(() => {
        const info = new PluginInfo();
        info.setVersion(this.#version);
        return info;
      }),
      getSchema: answering(() => {
        const response = new GetSchemaResponse();
        response.setSchema(packageSchema());
        return response;
      }),
      getMapping: answering(() => new GetMappingResponse()),
      getMappings: answering(() => new GetMappingsResponse()),
      checkConfig: answering(checkConfiguration),
      diffConfig: answering(diffConfiguration),
      configure: answering((request) => this.#configure(request)),
      check: answering((request) => resources.check(request)),
      diff: answering((request) => resources.diff(request)),
      create: this.#changing(
        (request) => resources.create(request),
        (request) => request.getProperties(),
      ),
      read: this.#changing(
        (request) => resources.read(request),
        (request) => request.getProperties(),
      ),
      update: this.#changing(
        (request) => resources.update(request),
        (request) => request.getNews(),
      ),
      list: (call) => void list(call, client),
      delete: answering((request) => resources.delete(request)),
      invoke: answering((request) => invoke(request, client)),
      // Also comes at the end of each run, before SIGINT (measured with 3.276). So a cancelled run isn't a lost one.
      cancel: answering(async () => {
        await interruptAll();
        return new Empty();
      }),
    } satisfies Partial<IResourceProviderServer>;
  }

  #handshake(request: ProviderHandshakeRequest): ProviderHandshakeResponse {
    this.#log.connect(request.getEngineAddress());
    const response = new ProviderHandshakeResponse();
    response.setAcceptSecrets(true);
    return response;
  }

  #configure(request: ConfigureRequest): ConfigureResponse {
    this.#configuration = readPluginConfiguration(received(request.getArgs()).values);
    const response = new ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setSupportspreview(true);
    return response;
  }

  #client(): Client {
    if (this.#configuration === undefined) {
      throw new Error("The engine has not configured the provider.");
    }
    return clientOf(this.#configuration.connection);
  }

  /** Answers a call that may leave an incomplete object. @param given the properties that the engine has marked secrets in */
  #changing<Request extends { getUrn(): string }, Response>(
    answer: (request: Request) => Promise<Response>,
    given: (request: Request) => Struct | undefined,
  ): handleUnaryCall<Request, Response> {
    return answering(answer, (request, state) => this.#resources.incomplete(request.getUrn(), given(request), state));
  }
}

/** Whether the configuration can be used. A value that is missing or wrong is named. */
function checkConfiguration(request: CheckRequest): CheckResponse {
  const { values, secrets } = received(request.getNews());
  const response = new CheckResponse();
  response.setInputs(sent(values, [...secrets, ["token"]]));
  const fault = configurationFault(values);
  if (fault !== undefined) {
    const failure = new CheckFailure();
    // The engine would print the value of the property, which the text names.
    failure.setReason(fault);
    response.addFailures(failure);
  }
  return response;
}

/** No change of the configuration replaces the provider: that would replace all its resources. */
function diffConfiguration(request: DiffRequest): DiffResponse {
  const [before, now] = [request.getOlds(), request.getNews()].map((one) => JSON.stringify(received(one).values));
  const response = new DiffResponse();
  response.setChanges(before === now ? DiffResponse.DiffChanges.DIFF_NONE : DiffResponse.DiffChanges.DIFF_SOME);
  return response;
}

/** @param incomplete makes what the engine stores of an incomplete object, for calls that can leave one */
function answering<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
  incomplete?: (request: Request, state: PropertyMap) => Struct,
): handleUnaryCall<Request, Response> {
  return (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>) => {
    Promise.resolve()
      .then(() => answer(call.request))
      // What was said belongs to the call, and the engine may end the process after its response.
      .finally(allSaid)
      .then(
        (response) => done(null, response),
        (error: unknown) => done(failureOf(error, incomplete && ((state) => incomplete(call.request, state)))),
      );
  };
}
