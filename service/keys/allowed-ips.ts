/** The addresses from which a key authenticates: its `allowedIps`; null means anywhere. */
import { coversIp, ipRangeSet, readIpAddress, readIpRange, type Schemas } from "roster-schema";
import { unprocessable } from "../problems.ts";

type AllowedIps = Schemas["ApiKey"]["allowedIps"];

/**
 * Converts the ranges of a request to their stored form.
 *
 * @throws Refusal `unprocessable` if a text is not a range, or is ambiguous.
 */
export function readAllowedIps(allowedIps: AllowedIps): string[] | null {
  for (const [index, text] of (allowedIps ?? []).entries()) {
    const range = readIpRange(text);
    if (typeof range === "string") {
      throw unprocessable(`/allowedIps/${index}`, `${text}: ${range}.`);
    }
  }
  return allowedIps === null ? null : ipRangeSet(allowedIps);
}

/**
 * Whether a key authenticates from an address.
 *
 * @param address an address as text; a text that isn't an address matches no range.
 */
export function allows(allowedIps: AllowedIps, address: string | undefined): boolean {
  if (allowedIps === null) {
    return true;
  }
  const caller = readIpAddress(address ?? "");
  if (caller === undefined) {
    return false;
  }
  // Stop at the first match, because this runs at every use of the key.
  return allowedIps.some((text) => {
    const range = readIpRange(text);
    return typeof range !== "string" && coversIp(range, caller);
  });
}

/**
 * Whether the inner ranges are within the outer ranges. Each inner range must be within a single outer range; adjacent
 * ranges are not merged.
 */
export function isWithin(inner: AllowedIps, outer: AllowedIps): boolean {
  if (outer === null) {
    return true;
  }
  const larger = rangesOf(outer);
  return inner !== null && rangesOf(inner).every((range) => larger.some((other) => coversIp(other, range)));
}

function rangesOf(texts: readonly string[]) {
  return texts.map(readIpRange).filter((range) => typeof range !== "string");
}
