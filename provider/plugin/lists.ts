/** The engine's call to list objects, translated from the protocol and back. */
import type { ServerWritableStream } from "@grpc/grpc-js";
import { type ListRequest, ListResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import { listPage } from "../calls/list-calls.ts";
import { DeclarationError } from "../errors.ts";
import { kindOfType } from "../lifecycle/resource-type.ts";
import { containsUnknown } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import { failureOf } from "./errors.ts";
import { received } from "./values.ts";

/** Answers a call: a message for each object and, if there are more, one that says how to go on. */
export async function list(call: ServerWritableStream<ListRequest, ListResponse>, client: () => Client): Promise<void> {
  try {
    for (const response of await responsesTo(call.request, client)) {
      call.write(response);
    }
    call.end();
  } catch (error) {
    call.emit("error", failureOf(error));
  }
}

async function responsesTo(request: ListRequest, client: () => Client): Promise<ListResponse[]> {
  const token = request.getToken();
  const kind = kindOfType(token);
  if (kind === undefined) {
    throw new DeclarationError(`${token} is not a resource of the package roster.`);
  }
  const { values: query } = received(request.getQuery());
  if (containsUnknown(query)) {
    return [new ListResponse().setComputed(new ListResponse.Computed())];
  }
  const { items, continuation } = await listPage(client, {
    kind,
    query,
    limit: request.getLimit(),
    pageSize: request.getPageSize(),
    continuation: request.getContinuationToken(),
  });
  const results = items.map(({ id, name }) => {
    return new ListResponse().setResult(new ListResponse.Result().setId(id).setName(name));
  });
  return continuation === undefined
    ? results
    : [
        ...results,
        new ListResponse().setContinuation(new ListResponse.Continuation().setContinuationToken(continuation)),
      ];
}
