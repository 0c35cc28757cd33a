/** Where the token of a log-in may be sent. */
import { BlockList, isIPv4, isIPv6 } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** What to do about an endpoint that is not confidential. */
export const confidentialRemedy =
  "Use an address that begins with https. Plain HTTP is accepted only for this machine: 127.0.0.1, ::1 and localhost.";

/**
 * Whether nobody on the way can read what is sent to an endpoint: it begins with `https:`, or is on this machine.
 *
 * @param endpoint an address that begins with `http:` or `https:`
 */
export function isConfidential(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return (
    protocol === "https:" ||
    host === "localhost" ||
    (isIPv4(host) && loopback.check(host, "ipv4")) ||
    (isIPv6(host) && loopback.check(host, "ipv6"))
  );
}
