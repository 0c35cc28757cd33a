/** The smallest images of each kind, made by their formats' descriptions. */
import { crc32, deflateSync } from "node:zlib";

/** The kinds of image that are tried as a logo. */
export type ImageKind = "png" | "jpeg" | "webp" | "gif" | "svg";

/** An image. */
export function image(kind: ImageKind, { width = 1, height = 1 } = {}): Buffer {
  switch (kind) {
    case "png":
      return png(width, height);
    case "jpeg":
      return jpeg(width, height);
    case "webp":
      return webp(width, height);
    case "gif":
      return Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
    case "svg":
      return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"/>`);
  }
}

/** An image, as a request has it. */
export function logo(kind: ImageKind, dimensions: { width?: number; height?: number } = {}): { content: string } {
  return { content: image(kind, dimensions).toString("base64") };
}

/** @see https://www.w3.org/TR/png-3/ */
function png(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = Buffer.alloc(height * (1 + Math.ceil(width / 8)));
  const chunks = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), ...chunks]);
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type), data]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** A JPEG's segments without its picture, which no one decodes here: JFIF header, frame header and end. */
function jpeg(width: number, height: number): Buffer {
  const frame = Buffer.from("ffc0000b0800000000010111" + "00", "hex");
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([
    Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex"),
    frame,
    Buffer.from("ffd9", "hex"),
  ]);
}

/** A lossless WebP's headers. */
function webp(width: number, height: number): Buffer {
  const data = Buffer.alloc(6);
  data[0] = 0x2f;
  data.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length - 1);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(12 + data.length);
  return Buffer.concat([Buffer.from("RIFF"), size, Buffer.from("WEBPVP8L"), length, data]);
}
