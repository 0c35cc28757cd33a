/** IP addresses and ranges (CIDR), as in an API key's `allowedIps`. */
import { isIPv4, isIPv6 } from "node:net";

/** An IP address: its version, and its 32 or 128 bits as a number. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly bits: bigint;
}

/** A range: the addresses that start with the first `prefixLength` bits of `bits`; the other bits are zero. */
export interface IpRange extends IpAddress {
  readonly prefixLength: number;
}

const bitsOf = { 4: 32, 6: 128 } as const;

/** The prefix of IPv4 addresses mapped to IPv6: `::ffff:` (RFC 4291, 2.5.5.2). */
const mappedPrefix = 0xffffn;

/**
 * Parses an IPv4 or IPv6 address. An IPv4 address mapped to IPv6 becomes the IPv4 address, and the zone of a link-local
 * address (`%eth0`) is removed.
 *
 * @returns undefined if the text is not an address
 */
export function readIpAddress(text: string): IpAddress | undefined {
  const address = parse(text.replace(/(?<=.)%.+$/, ""));
  if (address?.version === 6 && address.bits >> 32n === mappedPrefix) {
    return { version: 4, bits: address.bits & 0xffffffffn };
  }
  return address;
}

/**
 * Parses a range; a single address is a range of one.
 *
 * @returns what is wrong, and what to write, if the text is not a range
 */
export function readIpRange(text: string): IpRange | string {
  const [head = "", length, ...more] = text.split("/");
  const address = parse(head);
  if (address === undefined || more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) {
    return "it must be an address such as 203.0.113.7 or 2001:db8::1, or a range such as 203.0.113.0/24 or 2001:db8::/48";
  }
  const { version, bits } = address;
  const prefixLength = length === undefined ? bitsOf[version] : Number(length);
  if (prefixLength > bitsOf[version]) {
    return `an IPv${version} range has a prefix from /0 to /${bitsOf[version]}`;
  }
  if (version === 6 && bits >> 32n === mappedPrefix && prefixLength >= 96) {
    const inner = rangeAround({ version: 4, bits: bits & 0xffffffffn }, prefixLength - 96);
    return `it is an IPv4 range mapped to IPv6: write ${ipRangeText(inner)}`;
  }
  const range = rangeAround(address, prefixLength);
  if (range.bits !== bits) {
    return `it has bits set after the first ${prefixLength}: write ${ipRangeText(range)} for the whole range, or ${head} for the single address`;
  }
  return range;
}

/** The canonical form of a range: CIDR, with IPv6 compressed and in lower case (RFC 5952). */
export function ipRangeText({ version, bits, prefixLength }: IpRange): string {
  return `${version === 4 ? ipv4Text(bits) : ipv6Text(bits)}/${prefixLength}`;
}

/** Whether a range contains an address or another range. */
export function coversIp(range: IpRange, inner: IpAddress | IpRange): boolean {
  if (inner.version !== range.version) {
    return false;
  }
  const isLarger = "prefixLength" in inner && inner.prefixLength < range.prefixLength;
  const rest = BigInt(bitsOf[range.version] - range.prefixLength);
  return !isLarger && inner.bits >> rest === range.bits >> rest;
}

/**
 * Converts ranges to a set: in canonical form, without duplicates, in ascending order.
 *
 * @param texts ranges that `readIpRange` accepts
 * @throws Error if a text is not a range
 */
export function ipRangeSet(texts: readonly string[]): string[] {
  const ranges = texts.map((text) => {
    const range = readIpRange(text);
    if (typeof range === "string") {
      throw new Error(`${text}: ${range}`);
    }
    return range;
  });
  const inOrder = ranges.toSorted(
    (one, other) =>
      one.version - other.version || Number(one.bits - other.bits) || one.prefixLength - other.prefixLength,
  );
  return [...new Set(inOrder.map(ipRangeText))];
}

function parse(text: string): IpAddress | undefined {
  if (isIPv4(text)) {
    return { version: 4, bits: BigInt(`0x${text.split(".").map(byteDigits).join("")}`) };
  }
  return isIPv6(text) && !text.includes("%") ? { version: 6, bits: BigInt(`0x${ipv6Digits(text)}`) } : undefined;
}

/** The 32 hexadecimal digits of an IPv6 address. */
function ipv6Digits(text: string): string {
  // The end can be written like an IPv4 address.
  const inGroups = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [first, second, third, fourth] = bytes.slice(0, 4).map(byteDigits);
    return `${first}${second}:${third}${fourth}`;
  });
  const [before = "", after = ""] = inGroups.split("::").map(groupDigits);
  return before + after.padStart(32 - before.length, "0");
}

function groupDigits(groups: string): string {
  return groups === "" ? "" : groups.split(":").reduce((digits, group) => digits + group.padStart(4, "0"), "");
}

function byteDigits(byte: string): string {
  return Number(byte).toString(16).padStart(2, "0");
}

function rangeAround({ version, bits }: IpAddress, prefixLength: number): IpRange {
  const rest = BigInt(bitsOf[version] - prefixLength);
  return { version, bits: (bits >> rest) << rest, prefixLength };
}

function ipv4Text(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join(".");
}

function ipv6Text(bits: bigint): string {
  const digits = bits.toString(16).padStart(32, "0");
  return new URL(`http://[${digits.match(/.{4}/g)?.join(":")}]`).hostname.slice(1, -1);
}
