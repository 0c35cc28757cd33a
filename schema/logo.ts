/** What the contract takes as a logo, for whoever sends one and for whoever is sent one. */
import { createHash } from "node:crypto";
import { imageSize } from "image-size";
import type { components } from "./generated/openapi.ts";

type Logo = components["schemas"]["Logo"];

/** How many bytes a logo has at most: 512 KiB. */
export const logoMaxBytes = 524_288;

const maxPixels = 4096;

/** How a file of each type begins: its name and what it was sent as are only claims. */
const signatures: readonly (readonly [Logo["mediaType"], RegExp])[] = [
  ["image/png", /^89504e470d0a1a0a/],
  ["image/jpeg", /^ffd8ff/],
  ["image/webp", /^52494646.{8}57454250/],
];

/**
 * Looks at an image: its type and its dimensions are what its content says.
 *
 * @returns what it is; or, where it can't be a logo, why not
 */
export function inspectLogo(content: Uint8Array): Logo | string {
  if (content.length === 0) {
    return "it is empty";
  }
  if (content.length > logoMaxBytes) {
    return `it has more than ${logoMaxBytes} bytes`;
  }
  const start = Buffer.from(content.subarray(0, 12)).toString("hex");
  const [mediaType] = signatures.find(([, signature]) => signature.test(start)) ?? [];
  if (mediaType === undefined) {
    return "it is neither a PNG, nor a JPEG, nor a WebP image";
  }
  const dimensions = dimensionsOf(content);
  if (dimensions === undefined) {
    return `it begins like ${mediaType}, and is none`;
  }
  const { width, height } = dimensions;
  if (Math.min(width, height) < 1 || Math.max(width, height) > maxPixels) {
    return `it has ${width} by ${height} pixels, and may have 1 to ${maxPixels} each way`;
  }
  return { sha256: createHash("sha256").update(content).digest("hex"), mediaType, sizeBytes: content.length };
}

function dimensionsOf(content: Uint8Array): { readonly width: number; readonly height: number } | undefined {
  try {
    return imageSize(content);
  } catch {
    // Whatever is wrong with it: the library throws what its reader ran into.
    return undefined;
  }
}
