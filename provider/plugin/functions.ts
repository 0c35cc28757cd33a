/** The functions of the package: look-ups, which read from the service while a program runs. */
import { type InvokeRequest, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import { DeclarationError } from "../errors.ts";
import { lookups } from "../kinds/lookups.ts";
import { checkedQuery } from "../lifecycle/lookup.ts";
import { nativeTokenOf } from "../lifecycle/resource-type.ts";
import { isRecord, withoutNulls } from "../values/property-map.ts";
import { containsUnknown } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import { received, sent } from "./values.ts";

/**
 * Answers a call of a function.
 *
 * @throws DeclarationError if there is no such function, or if the arguments are wrong
 */
export async function invoke(request: InvokeRequest, client: () => Client): Promise<InvokeResponse> {
  const token = request.getTok();
  const lookup = lookups.find(({ name }) => token === nativeTokenOf(name));
  if (lookup === undefined) {
    const known = lookups.map(({ name }) => name).join(", ");
    throw new DeclarationError(`The package roster has no function ${token}. Its functions are ${known}.`);
  }
  const { values, secrets } = received(request.getArgs());
  const response = new InvokeResponse();
  if (containsUnknown(values)) {
    return response;
  }
  const answer = await lookup.ask(client(), checkedQuery(lookup, values));
  const found = Array.isArray(answer) ? { items: answer.map(withoutNullsIn) } : withoutNullsIn(answer);
  // What is found by a secret says something about it.
  const properties = isRecord(found) ? found : {};
  response.setReturn(sent(properties, secrets.length > 0 ? Object.keys(properties).map((name) => [name]) : []));
  return response;
}

/** An answer without its nulls, at any depth: the types of SDKs have optional members instead. */
function withoutNullsIn(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutNullsIn);
  }
  return isRecord(value)
    ? withoutNulls(Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutNullsIn(one)])))
    : value;
}
