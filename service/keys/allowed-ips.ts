/** From where a key authenticates: its `allowedIps`, which is null for anywhere. */
import { coversIp, ipRangeSet, readIpAddress, readIpRange, type Schemas } from "roster-schema";
import { unprocessable } from "../problems.ts";

type AllowedIps = Schemas["ApiKey"]["allowedIps"];

/**
 * A request's ranges in the form in which they are stored.
 *
 * @throws Refusal `unprocessable` for what is no range, or could be meant in two ways.
 */
export function readAllowedIps(allowedIps: AllowedIps): string[] | null {
  for (const [index, text] of (allowedIps ?? []).entries()) {
    const range = readIpRange(text);
    if (typeof range === "string") throw unprocessable(`/allowedIps/${index}`, `${text}: ${range}.`);
  }
  return allowedIps === null ? null : ipRangeSet(allowedIps);
}

/**
 * Whether a key authenticates from an address.
 *
 * @param address as text; what is no address, or unknown, is in no range.
 */
export function allows(allowedIps: AllowedIps, address: string | undefined): boolean {
  if (allowedIps === null) return true;
  const caller = readIpAddress(address ?? "");
  if (caller === undefined) return false;
  // Read one by one: this is asked at every use of the key.
  return allowedIps.some((text) => {
    const range = readIpRange(text);
    return typeof range !== "string" && coversIp(range, caller);
  });
}

/**
 * Whether everything that some ranges allow is allowed by others too; of those, each is taken by itself, and two halves
 * of a range are not put together.
 */
export function isWithin(inner: AllowedIps, outer: AllowedIps): boolean {
  if (outer === null) return true;
  const larger = rangesOf(outer);
  return inner !== null && rangesOf(inner).every((range) => larger.some((other) => coversIp(other, range)));
}

function rangesOf(texts: readonly string[]) {
  return texts.map(readIpRange).filter((range) => typeof range !== "string");
}
