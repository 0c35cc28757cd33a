/** Addresses and ranges of them: what Node.js itself says of each decides what is right. */
import { BlockList, isIPv4, isIPv6, SocketAddress } from "node:net";
import fc from "fast-check";
import { coversIp, type IpRange, ipRangeSet, ipRangeText, readIpAddress, readIpRange } from "roster-schema";
import { describe, expect, test } from "vitest";

const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
const hexadecimal = (parts: readonly number[]) => parts.map((part) => part.toString(16)).join(":");
const ipv4 = fc.ipV4();
const ipv6 = groups.map(hexadecimal);

/** An address of either version. */
const address = fc.oneof(ipv4, ipv6);

/** A range of either version, with its address as it was before the bits after the prefix were cleared. */
const around = fc
  .tuple(address, fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([text, part]) => ({ text, prefixLength: Math.round(part * (isIPv4(text) ? 32 : 128)) }));

/** The range that an address is in. */
function rangeOf({ text, prefixLength }: { readonly text: string; readonly prefixLength: number }): IpRange {
  const { version, bits } = readIpAddress(text) ?? { version: 4, bits: -1n };
  const rest = BigInt((version === 4 ? 32 : 128) - prefixLength);
  return { version, bits: (bits >> rest) << rest, prefixLength };
}

const mapped = (text: string) => text.startsWith("0:0:0:0:0:ffff:");

describe("an address", () => {
  test("is one however it is written", () => {
    fc.assert(
      fc.property(ipv6, (text) => {
        const padded = text.split(":").map((group) => group.padStart(4, "0"));
        const [high = 0, low = 0] = padded.slice(6).map((group) => Number.parseInt(group, 16));
        const forms = [
          text,
          text.toUpperCase(),
          padded.join(":"),
          new SocketAddress({ address: text, family: "ipv6" }).address,
          `${text.split(":").slice(0, 6).join(":")}:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`,
          `${text}%eth0`,
        ];
        expect(new Set(forms.map((form) => JSON.stringify(readIpAddress(form), bigints)))).toHaveLength(1);
      }),
    );
  });

  test("of IPv4 that is mapped into IPv6 is that of IPv4", () => {
    fc.assert(
      fc.property(ipv4, (text) => {
        expect(readIpAddress(text)?.version).toBe(4);
        const [a = 0, b = 0, c = 0, d = 0] = text.split(".").map(Number);
        const inGroups = hexadecimal([(a << 8) | b, (c << 8) | d]);
        for (const form of [`::ffff:${text}`, `::FFFF:${inGroups}`, `0:0:0:0:0:ffff:${inGroups}`]) {
          expect(readIpAddress(form)).toEqual(readIpAddress(text));
        }
        // What only looks like that is another address.
        for (const form of [`::${text}`, `64:ff9b::${text}`]) {
          expect(readIpAddress(form)?.version).toBe(6);
        }
      }),
    );
  });

  test("is what Node.js takes for one, and nothing else", () => {
    const nearly = fc.stringMatching(/^[0-9a-fA-F:.%/ ]{0,20}$/);
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string(), address), (text) => {
        const isOne = isIPv4(text) || (isIPv6(text) && !text.includes("%"));
        if (!text.includes("%")) {
          expect(readIpAddress(text) !== undefined).toBe(isOne);
        }
        expect(typeof readIpRange(text) === "string").toBe(!isRange(text));
      }),
      { numRuns: 2000 },
    );
    for (const text of ["", "%eth0", "1.2.3.4%", "01.2.3.4", "1.2.3", "0x7f.1", "[::1]", " ::1", "::1%"]) {
      expect(readIpAddress(text), text).toBeUndefined();
    }
  });
});

/** Whether a text is a range: an address, or one with a prefix after which all bits are zero. */
function isRange(text: string): boolean {
  const [head = "", length, ...more] = text.split("/");
  if (more.length > 0 || head.includes("%") || !(isIPv4(head) || isIPv6(head))) {
    return false;
  }
  const bits = isIPv4(head) ? 32 : 128;
  if (length !== undefined && !(/^\d{1,3}$/.test(length) && Number(length) <= bits)) {
    return false;
  }
  const prefixLength = Number(length ?? bits);
  if (isIPv6(head) && readIpAddress(head)?.version === 4 && prefixLength >= 96) {
    return false;
  }
  return rangeOf({ text: head, prefixLength }).bits === rangeOf({ text: head, prefixLength: bits }).bits;
}

describe("a range", () => {
  test("has one form, which reads back as the same range", () => {
    fc.assert(
      fc.property(around, ({ text, prefixLength }) => {
        fc.pre(!mapped(text));
        const range = rangeOf({ text, prefixLength });
        const form = ipRangeText(range);
        expect(readIpRange(form)).toEqual(range);
        expect(readIpRange(form.toUpperCase())).toEqual(range);
        expect(form).toBe(form.toLowerCase());
        expect(ipRangeSet([form, form.toUpperCase()])).toEqual([form]);
        const [network = ""] = form.split("/");
        if (range.version === 6) {
          expect(network).toBe(new URL(`http://[${network}]`).hostname.slice(1, -1));
        }
      }),
    );
  });

  test("with bits after its prefix is refused, with the range and the address in place of it", () => {
    fc.assert(
      fc.property(around, ({ text, prefixLength }) => {
        fc.pre(!mapped(text));
        const written = readIpRange(`${text}/${prefixLength}`);
        const whole = rangeOf({ text, prefixLength });
        if (whole.bits === readIpAddress(text)?.bits) {
          expect(written).toEqual(whole);
        } else {
          expect(written).toContain(
            `write ${ipRangeText(whole)} for the whole range, or ${text} for the single address`,
          );
        }
        expect(coversIp(whole, readIpAddress(text) ?? whole)).toBe(true);
      }),
    );
  });

  test("holds the addresses that Node.js says it holds, of its own version", () => {
    fc.assert(
      fc.property(around, address, fc.nat(128), ({ text, prefixLength }, other, kept) => {
        fc.pre(!mapped(text) && !mapped(other));
        const range = rangeOf({ text, prefixLength });
        const family = range.version === 4 ? "ipv4" : "ipv6";
        const list = new BlockList();
        list.addSubnet(ipRangeText(range).split("/")[0] ?? "", prefixLength, family);
        for (const candidate of [other, near(text, other, kept)]) {
          const inner = readIpAddress(candidate);
          if (inner === undefined) {
            throw new Error(`${candidate} is no address`);
          }
          const isOfIt = inner.version === range.version && list.check(candidate, family);
          expect(coversIp(range, inner), `${candidate} in ${ipRangeText(range)}`).toBe(isOfIt);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("holds another where it holds its first and its last address", () => {
    fc.assert(
      fc.property(around, around, fc.nat(128), (one, other, kept) => {
        fc.pre(!mapped(one.text) && !mapped(other.text));
        const outer = rangeOf(one);
        // The address nearby may be of the shorter version.
        const prefixLength = Math.min(other.prefixLength, outer.version === 4 ? 32 : 128);
        for (const inner of [rangeOf(other), rangeOf({ text: near(one.text, other.text, kept), prefixLength })]) {
          const size = 1n << BigInt((inner.version === 4 ? 32 : 128) - inner.prefixLength);
          const ends = [inner.bits, inner.bits + size - 1n].map((bits) => ({ version: inner.version, bits }));
          expect(coversIp(outer, inner)).toBe(ends.every((end) => coversIp(outer, end)));
        }
      }),
    );
  });
});

test("a list is a set: neither order nor repetition matters, and it is in ascending order", () => {
  const forms = fc.array(
    around
      .map(rangeOf)
      .map(ipRangeText)
      .filter((form) => typeof readIpRange(form) !== "string"),
  );
  fc.assert(
    fc.property(forms, (texts) => {
      const set = ipRangeSet(texts);
      expect(ipRangeSet([...texts.toReversed(), ...texts])).toEqual(set);
      expect(new Set(set)).toEqual(new Set(texts));
      expect(set).toHaveLength(new Set(texts).size);
    }),
  );
  const given = ["::/0", "10.0.0.0/8", "9.255.255.255", "10.0.0.0/9", "fe80::/10", "2001:DB8::", "10.0.0.0/8"];
  const ascending = ["9.255.255.255/32", "10.0.0.0/8", "10.0.0.0/9", "::/0", "2001:db8::/128", "fe80::/10"];
  expect(ipRangeSet(given)).toEqual(ascending);
  expect(() => ipRangeSet(["10.0.0.1/8"])).toThrow("10.0.0.1/8");
});

/** An address of the first one's version that begins with so many of its bits, and goes on like the other. */
function near(text: string, other: string, kept: number): string {
  const [one, another] = [text, other].map(readIpAddress);
  if (one === undefined || another === undefined || one.version !== another.version) {
    return text;
  }
  const rest = BigInt(Math.max(0, (one.version === 4 ? 32 : 128) - kept));
  const bits = ((one.bits >> rest) << rest) | (another.bits & ((1n << rest) - 1n));
  return ipRangeText({ version: one.version, bits, prefixLength: 0 }).split("/")[0] ?? text;
}

function bigints(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString(16) : value;
}
