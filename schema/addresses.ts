/** Addresses of the network, and ranges of them (CIDR), as an API key's `allowedIps` has them. */
import { isIPv4, isIPv6 } from "node:net";

/** An address: its version, and its 32 or 128 bits as a number. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly bits: bigint;
}

/** The addresses of one version that begin with the first `prefixLength` bits of `bits`; the others of its bits are zero. */
export interface IpRange extends IpAddress {
  readonly prefixLength: number;
}

const bitsOf = { 4: 32, 6: 128 } as const;

/** How an IPv4 address begins that is mapped into IPv6: `::ffff:` (RFC 4291, 2.5.5.2). */
const mappedPrefix = 0xffffn;

/**
 * Reads an address of IPv4 or IPv6. One of IPv4 that is mapped into IPv6 is the IPv4 address, and the zone of a
 * link-local one (`%eth0`) is left out.
 *
 * @returns undefined where the text is none
 */
export function readIpAddress(text: string): IpAddress | undefined {
  const address = parse(text.replace(/(?<=.)%.+$/, ""));
  if (address?.version === 6 && address.bits >> 32n === mappedPrefix) {
    return { version: 4, bits: address.bits & 0xffffffffn };
  }
  return address;
}

/**
 * Reads a range, or an address as the range of that one.
 *
 * @returns what is wrong with the text, and what to write, where it is none
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
    return `a range of IPv${version} has at most ${bitsOf[version]} bits in front: /0 to /${bitsOf[version]}`;
  }
  if (version === 6 && bits >> 32n === mappedPrefix && prefixLength >= 96) {
    const inner = rangeAround({ version: 4, bits: bits & 0xffffffffn }, prefixLength - 96);
    return `it is IPv4, mapped into IPv6: write ${ipRangeText(inner)}`;
  }
  const range = rangeAround(address, prefixLength);
  if (range.bits !== bits) {
    return `it has bits after the first ${prefixLength}: write ${ipRangeText(range)} for the whole range, or ${head} for the one address`;
  }
  return range;
}

/** A range in its one form: as CIDR, IPv6 compressed and in lower case (RFC 5952). */
export function ipRangeText({ version, bits, prefixLength }: IpRange): string {
  return `${version === 4 ? ipv4Text(bits) : ipv6Text(bits)}/${prefixLength}`;
}

/** Whether all of an address or a range lies within a range. */
export function coversIp(range: IpRange, inner: IpAddress | IpRange): boolean {
  if (inner.version !== range.version) {
    return false;
  }
  const isLarger = "prefixLength" in inner && inner.prefixLength < range.prefixLength;
  const rest = BigInt(bitsOf[range.version] - range.prefixLength);
  return !isLarger && inner.bits >> rest === range.bits >> rest;
}

/**
 * A list of ranges as the set that it is: each in its one form and once, in ascending order.
 *
 * @param texts each a range that `readIpRange` takes
 * @throws Error where one is none
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
  // The end may be written as IPv4 is.
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
