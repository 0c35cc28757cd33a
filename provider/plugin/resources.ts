/** The engine's calls about resources, translated from the protocol and back. */
import {
  CheckFailure,
  type CheckRequest,
  CheckResponse,
  type CreateRequest,
  CreateResponse,
  type DeleteRequest,
  type DiffRequest,
  DiffResponse,
  type ReadRequest,
  ReadResponse,
  type UpdateRequest,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { visible } from "roster-schema";
import { ResourceCalls } from "../calls/resource-calls.ts";
import type { Run } from "../calls/run.ts";
import { DeclarationError } from "../errors.ts";
import { lifecycleOf } from "../kinds/registry.ts";
import { wantsAdoption } from "../lifecycle/adoption.ts";
import { stackNames } from "../lifecycle/external-id.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { resourceOf } from "../lifecycle/resource-type.ts";
import { failureText } from "../lifecycle/shape.ts";
import type { Declaration } from "../values/declaration.ts";
import { type PropertyMap, withoutUndefined } from "../values/property-map.ts";
import { isUnknown } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import { detailedDiff } from "./detailed-diff.ts";
import { plannedCreate, plannedUpdate, stablesIn } from "./planned.ts";
import { hasSecretEntries, secretsOf } from "./secrets.ts";
import type { PreviewTrials } from "./trials.ts";
import { type Path, type Received, received, sent } from "./values.ts";

/** What the calls of one provider have in common. */
export interface Surroundings {
  readonly run: Run;
  readonly trials: PreviewTrials;
  client(): Client;
  /** The name that begins the externalIds of the stack's objects, if it is configured. */
  stackId(): string | undefined;
}

/** A resource that a call is about. */
interface Called {
  readonly urn: string;
  readonly lifecycle: Lifecycle;
  readonly calls: ResourceCalls;
  /** The resource, as messages name it. */
  readonly title: string;
}

/** The calls about resources of every kind. */
export class Resources {
  readonly #surroundings: Surroundings;
  readonly #calls = new Map<string, ResourceCalls>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  async check(request: CheckRequest): Promise<CheckResponse> {
    const called = this.#called(request.getUrn());
    const [before, given] = [received(request.getOlds()), received(request.getNews())];
    const { inputs, failures } = await called.calls.check({
      previous: before.values,
      inputs: this.#inputsOf(called, given, before.values),
      names: this.#namesOf(called),
      declaration: declarationOf(called, given),
      isRetained: false,
    });
    const response = new CheckResponse();
    response.setInputs(this.#propertiesOf(called, inputs, given.secrets));
    const missing = this.#missingStackId(before.values);
    for (const reason of [...missing, ...failures.map(failureText)]) {
      const failure = new CheckFailure();
      // The engine would print the value of the property, even if it is secret. So its name is part of the reason.
      failure.setReason(visible(reason));
      response.addFailures(failure);
    }
    return response;
  }

  async diff(request: DiffRequest): Promise<DiffResponse> {
    const { calls, lifecycle } = this.#called(request.getUrn());
    const [state, { values: inputs }] = [received(request.getOlds()).values, received(request.getNews())];
    const { changes, changed, replaces } = await calls.diff(request.getId(), state, inputs);
    const response = new DiffResponse();
    response.setChanges(changes ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE);
    response.setReplacesList([...replaces]);
    response.setDeletebeforereplace(true);
    response.setStablesList(replaces.length > 0 ? [] : stablesIn(lifecycle, state));
    const differences = detailedDiff({ state, inputs, names: changed, replaces });
    // Without any, the engine shows how the inputs differ.
    response.setHasdetaileddiff(differences.size > 0);
    for (const [path, diff] of differences) {
      response.getDetaileddiffMap().set(path, diff);
    }
    return response;
  }

  async create(request: CreateRequest): Promise<CreateResponse> {
    const called = this.#called(request.getUrn());
    const given = received(request.getProperties());
    const response = new CreateResponse();
    if (request.getPreview()) {
      await this.#refuse(called, given, undefined);
      response.setProperties(this.#propertiesOf(called, plannedCreate(called.lifecycle, given.values), given.secrets));
      return response;
    }
    const { id, state } = await called.calls.create(given.values);
    response.setId(id);
    response.setProperties(this.#propertiesOf(called, state, given.secrets));
    return response;
  }

  async read(request: ReadRequest): Promise<ReadResponse> {
    const called = this.#called(request.getUrn());
    const [state, inputs] = [received(request.getProperties()), received(request.getInputs())];
    const isFirst = Object.keys(state.values).length === 0;
    const id = request.getId();
    const found = isFirst ? await called.calls.readFirst(id) : await called.calls.read(id, state.values);
    const response = new ReadResponse();
    if (found === undefined) {
      return response;
    }
    const secrets = [...state.secrets, ...inputs.secrets];
    response.setId(found.id);
    response.setProperties(this.#propertiesOf(called, found.state, secrets));
    response.setInputs(this.#propertiesOf(called, found.inputs, secrets));
    return response;
  }

  async update(request: UpdateRequest): Promise<UpdateResponse> {
    const called = this.#called(request.getUrn());
    const [state, given] = [received(request.getOlds()), received(request.getNews())];
    const response = new UpdateResponse();
    if (request.getPreview()) {
      await this.#refuse(called, given, request.getId());
      const planned = plannedUpdate(called.lifecycle, state.values, given.values);
      response.setProperties(this.#propertiesOf(called, planned, given.secrets));
      return response;
    }
    const after = await called.calls.update(request.getId(), state.values, given.values);
    response.setProperties(this.#propertiesOf(called, after, given.secrets));
    return response;
  }

  async delete(request: DeleteRequest): Promise<Empty> {
    const called = this.#called(request.getUrn());
    await called.calls.delete(request.getId(), received(request.getProperties()).values, this.#namesOf(called));
    return new Empty();
  }

  /** What the engine stores of an object that is incomplete. */
  incomplete(urn: string, given: Struct | undefined, state: PropertyMap): Struct {
    return this.#propertiesOf(this.#called(urn), state, received(given).secrets);
  }

  #called(urn: string): Called {
    const resource = resourceOf(urn);
    if (resource === undefined) {
      throw new DeclarationError(`${urn} is not a resource of the package roster.`);
    }
    const { kind, name } = resource;
    const { run, client } = this.#surroundings;
    const lifecycle = lifecycleOf(kind);
    const calls = this.#calls.get(kind) ?? new ResourceCalls(lifecycle, run, client);
    this.#calls.set(kind, calls);
    return { urn, lifecycle, calls, title: `${kind} ${name}` };
  }

  #namesOf({ urn }: Called) {
    const stackId = this.#surroundings.stackId();
    return stackId === undefined ? undefined : stackNames(stackId, urn);
  }

  /** Normalized inputs, with those that only check uses. */
  #inputsOf({ lifecycle, title }: Called, { values, secrets }: Received, previous: PropertyMap): PropertyMap {
    const normal = Object.entries(values).map(([name, value]) => {
      const normalize = isUnknown(value) || value === undefined ? undefined : lifecycle.normalize[name];
      return [name, normalize === undefined ? value : normalize(value, title)];
    });
    return withoutUndefined({
      ...Object.fromEntries(normal),
      externalId: this.#surroundings.stackId() === undefined ? previous.externalId : undefined,
      // The place of the differences that check finds.
      adopts: lifecycle.alwaysAdopts || wantsAdoption(values) ? {} : undefined,
      __secretEntries: hasSecretEntries(lifecycle, lifecycle.subjects.entries, secrets) ? true : undefined,
    });
  }

  #missingStackId(previous: PropertyMap): string[] {
    return this.#surroundings.stackId() !== undefined || Object.keys(previous).length > 0
      ? []
      : [
          "roster:stackId, which names the stack in the service, is not set: " +
            "run `pulumi config set roster:stackId ORGANIZATION/PROJECT/STACK`, or set `stackId` of the provider.",
        ];
  }

  /** @throws DeclarationError if the service would refuse the change */
  async #refuse(
    { urn, lifecycle, title }: Called,
    { values: inputs, secrets }: Received,
    id: string | undefined,
  ): Promise<void> {
    const isSecret = hasSecretEntries(lifecycle, lifecycle.subjects.entries, secrets);
    const refusals = await this.#surroundings.trials.refusalsOf(
      { urn, lifecycle, title, hasSecretEntries: isSecret },
      { id, inputs, isUnchanged: false },
    );
    if (refusals.length > 0) {
      throw new DeclarationError(refusals.join("\n  "));
    }
  }

  #propertiesOf({ lifecycle }: Called, values: PropertyMap, secrets: readonly Path[]): Struct {
    return sent(values, secretsOf(lifecycle, values, secrets));
  }
}

/** What the plugin knows of a declaration. */
function declarationOf({ title }: Called, { values, secrets }: Received): Declaration {
  const plain = Object.keys(values).filter(
    (name) => typeof values[name] === "string" && !secrets.some(([one]) => one === name),
  );
  return { by: title, plain };
}
