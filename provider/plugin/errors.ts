/** Errors, as the engine receives them. */
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb.js";
import { Status } from "@pulumi/pulumi/proto/status_pb.js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { PartialError, RosterError } from "../errors.ts";
import type { PropertyMap } from "../values/property-map.ts";

/**
 * The response to a call that has failed.
 *
 * @param propertiesOf makes what the engine stores of an object that is incomplete, for calls that can leave one
 */
export function failureOf(error: unknown, propertiesOf?: (state: PropertyMap) => Struct): Partial<ServiceError> {
  if (error instanceof PartialError && propertiesOf !== undefined) {
    const detail = new ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(propertiesOf(error.properties));
    detail.setReasonsList([...error.reasons]);
    return { code: status.UNKNOWN, details: error.message, metadata: metadataWith(detail, error.message) };
  }
  if (error instanceof RosterError) {
    return { code: status.UNKNOWN, details: error.message };
  }
  // A defect: where it comes from helps those who are to mend it.
  return { code: status.INTERNAL, details: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** The metadata in which gRPC carries the details of a status. */
function metadataWith(detail: ErrorResourceInitFailed, message: string): Metadata {
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const packed = new Status();
  packed.setCode(status.UNKNOWN);
  packed.setMessage(message);
  packed.addDetails(any);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(packed.serializeBinary()));
  return metadata;
}
