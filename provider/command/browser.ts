/** Opens a page with the program that the desktop has for that. */
import { spawn } from "node:child_process";

/**
 * The program that opens a page, and its arguments.
 *
 * @param page an address that begins with `http:` or `https:`, so that no program takes it for an option or a file
 * @returns undefined if the person has no desktop here: over SSH, or on a system without a graphical session
 */
export function openerOf(
  page: string,
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): readonly [string, ...string[]] | undefined {
  const { SSH_CONNECTION: remote = "", DISPLAY: x11 = "", WAYLAND_DISPLAY: wayland = "" } = environment;
  if (remote !== "") {
    return undefined;
  }
  switch (platform) {
    case "darwin":
      return ["open", page];
    case "win32":
      // `start` is a word of the shell, which would interpret the characters of the address.
      return ["rundll32", "url.dll,FileProtocolHandler", page];
    default:
      return x11 + wayland === "" ? undefined : ["xdg-open", page];
  }
}

/** Opens a page. @returns whether the person has a desktop; whether the program exists and works is not waited for */
export function openPage(page: string, environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  const opener = openerOf(page, environment, platform);
  if (opener === undefined) {
    return false;
  }
  const [program, ...args] = opener;
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  // The page is also printed, so nothing is lost without such a program.
  child.on("error", () => undefined);
  child.unref();
  return true;
}
