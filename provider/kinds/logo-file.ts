/** An organization's logo: a file of the program. The state holds its hash. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { inspectLogo, logoMaxBytes } from "roster-schema";
import { z } from "zod";
import { RosterError } from "../errors.ts";
import { property } from "../values/property.ts";
import { unknownValue } from "../values/unknown.ts";

/** A logo in a state: the hash and the path of its content. */
export interface LogoFile {
  /** Relative to the program's folder; omitted for a logo that the program doesn't declare. */
  readonly path?: string | undefined;
  readonly sha256: string;
}

/** The file has changed since it was checked. */
class LogoFileError extends RosterError {
  override readonly name = "LogoFileError";
}

/** The value of a logo in a state. The engine passes it back for an argument whose changes are ignored. */
export const storedLogo = z
  .strictObject({
    path: z
      .string()
      .optional()
      .describe(
        "The path of the image, from the program's folder; omitted for a logo that the program doesn't declare.",
      ),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe("The SHA-256 hash of its content."),
  })
  .meta(property("An organization's logo.", { schemaName: "Logo" }));

/** The argument: a path is replaced by the hash of the file, so that preview shows different content as a change. */
export const logoArgument = z
  .union([z.string(), storedLogo], "it must be the path of an image")
  .transform((given, { addIssue }): LogoFile => {
    if (typeof given !== "string") {
      return given;
    }
    // Checked once it is known.
    const content = given === unknownValue ? given : readLogo(given);
    const logo = typeof content === "string" ? content : inspectLogo(content);
    if (typeof logo === "string") {
      addIssue(
        typeof content === "string" ? content : `${path.relative(process.cwd(), given)} is not a valid logo: ${logo}`,
      );
      return z.NEVER;
    }
    // The state of one machine is used on others.
    return { path: portablePath(path.relative(process.cwd(), given)), sha256: logo.sha256 };
  });

/** A relative path that every system accepts: Windows accepts `/` as well as its own separator. */
export function portablePath(file: string, { sep }: Pick<typeof path, "sep"> = path): string {
  return file.replaceAll(sep, "/");
}

/**
 * The path of a file relative to the program's folder, because the state of one machine is used on others. An absolute path is
 * returned unchanged.
 *
 * @param file relative to `folder`
 */
export function fromProgram(file: string, folder: string, program: string, system = path): string {
  return system.isAbsolute(file) ? file : portablePath(system.relative(program, system.resolve(folder, file)), system);
}

/**
 * The content of a logo, as it is sent.
 *
 * @throws RosterError if the file has changed since it was checked
 */
export function logoContent({ path: file = "", sha256 }: LogoFile): { readonly content: string } {
  const content = readLogo(file);
  const logo = typeof content === "string" ? content : inspectLogo(content);
  if (typeof content === "string" || typeof logo === "string" || logo.sha256 !== sha256) {
    throw new LogoFileError(`logo: ${file} has changed since the preview: run the preview again.`);
  }
  return { content: content.toString("base64") };
}

/** Whether two logos have the same content, whatever their paths. */
export function sameLogo(before: unknown, now: unknown): boolean {
  const [one, other] = [storedLogo.safeParse(before), storedLogo.safeParse(now)];
  return one.success && other.success && one.data.sha256 === other.data.sha256;
}

/** The path of a declared logo. */
export function pathIn(declared: unknown): string | null {
  return storedLogo.safeParse(declared).data?.path ?? null;
}

/** @returns the file's content, or the reason why it can't be used */
function readLogo(file: string): Buffer | string {
  const place = path.relative(process.cwd(), file) || ".";
  try {
    const { size } = statSync(file);
    return size > logoMaxBytes ? `${place} has more than ${logoMaxBytes} bytes` : readFileSync(file);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? `the file ${place} does not exist` : `${place} can't be read (${code})`;
  }
}
