/** Checks logos, for the provider and the service. */
import { createHash } from "node:crypto";
import { imageSize } from "image-size";
import type { components } from "./generated/openapi.ts";

type Logo = components["schemas"]["Logo"];

/** The maximum size of a logo: 512 KiB. */
export const logoMaxBytes = 524_288;

const maxPixels = 4096;

/** The first bytes of each media type; names and declared types are not reliable. */
const signatures: readonly (readonly [Logo["mediaType"], RegExp])[] = [
  ["image/png", /^89504e470d0a1a0a/],
  ["image/jpeg", /^ffd8ff/],
  ["image/webp", /^52494646.{8}57454250/],
];

/**
 * Inspects the content of an image.
 *
 * @returns the logo; or the reason why the content can't be a logo
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
    return "it is not a PNG, JPEG or WebP image";
  }
  const dimensions = dimensionsOf(content);
  if (dimensions === undefined) {
    return `it begins like ${mediaType}, but is not a valid image`;
  }
  const { width, height } = dimensions;
  if (Math.min(width, height) < 1 || Math.max(width, height) > maxPixels) {
    return `it has ${width} by ${height} pixels, but each side must have 1 to ${maxPixels}`;
  }
  return { sha256: createHash("sha256").update(content).digest("hex"), mediaType, sizeBytes: content.length };
}

function dimensionsOf(content: Uint8Array): { readonly width: number; readonly height: number } | undefined {
  try {
    return imageSize(content);
  } catch {
    // The library throws various errors for invalid images.
    return undefined;
  }
}
