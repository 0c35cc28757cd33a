/** An organization's logo: a file beside the program, of which the state holds the hash. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { inspectLogo, logoMaxBytes } from "roster-schema";
import { z } from "zod";
import { RosterError } from "../errors.ts";
import { unknownValue } from "../values/unknown.ts";

/** A logo as it is compared and kept: what its content is, and where that was found. */
export interface LogoFile {
  /** From the program's folder; none for a logo that no file was declared for. */
  readonly path?: string | undefined;
  readonly sha256: string;
}

/** The file can't be read as it was when it was checked. */
class LogoFileError extends RosterError {
  override readonly name = "LogoFileError";
}

/** What of a logo the engine keeps; it gives this back for an argument whose changes are ignored. */
const kept = z.strictObject({ path: z.string().optional(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** The argument: a path becomes the hash of what is there, so that preview shows another content as a change. */
export const logoArgument = z
  .union([z.string(), kept], "it must be the path of an image")
  .transform((given, { addIssue }): LogoFile => {
    if (typeof given !== "string") {
      return given;
    }
    // Checked once it is known.
    const content = given === unknownValue ? given : readLogo(given);
    const logo = typeof content === "string" ? content : inspectLogo(content);
    if (typeof logo === "string") {
      addIssue(typeof content === "string" ? content : `${path.relative(process.cwd(), given)} is no logo: ${logo}`);
      return z.NEVER;
    }
    // The state of one machine is read on others.
    return { path: portablePath(path.relative(process.cwd(), given)), sha256: logo.sha256 };
  });

/** A relative path as every system takes it: Windows takes `/` as well as its own separator. */
export function portablePath(file: string, { sep }: Pick<typeof path, "sep"> = path): string {
  return file.replaceAll(sep, "/");
}

/**
 * The path of a file from the program's folder, because the state of one machine is read on others; an absolute one stays.
 *
 * @param file from `folder`
 */
export function fromProgram(file: string, folder: string, program: string, system = path): string {
  return system.isAbsolute(file) ? file : portablePath(system.relative(program, system.resolve(folder, file)), system);
}

/**
 * The content of a logo, as it is sent.
 *
 * @throws RosterError if the file is no longer what it was when it was checked
 */
export function logoContent({ path: file = "", sha256 }: LogoFile): { readonly content: string } {
  const content = readLogo(file);
  const logo = typeof content === "string" ? content : inspectLogo(content);
  if (typeof content === "string" || typeof logo === "string" || logo.sha256 !== sha256) {
    throw new LogoFileError(`logo: ${file} is no longer the image that was previewed: preview again.`);
  }
  return { content: content.toString("base64") };
}

/** Whether two logos have the same content, wherever it was found. */
export function sameLogo(before: unknown, now: unknown): boolean {
  const [one, other] = [kept.safeParse(before), kept.safeParse(now)];
  return one.success && other.success && one.data.sha256 === other.data.sha256;
}

/** Where a declared logo was found. */
export function pathIn(declared: unknown): string | null {
  return kept.safeParse(declared).data?.path ?? null;
}

/** @returns the file's content; or why there is none */
function readLogo(file: string): Buffer | string {
  const place = path.relative(process.cwd(), file) || ".";
  try {
    const { size } = statSync(file);
    return size > logoMaxBytes ? `${place} has more than ${logoMaxBytes} bytes` : readFileSync(file);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? `there is no file ${place}` : `${place} can't be read (${code})`;
  }
}
