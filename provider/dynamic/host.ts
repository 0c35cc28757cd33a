/** The SDK's host of dynamic providers, which runs the provider and prints its errors. */

/**
 * Whether a process runs the SDK's host of dynamic providers.
 *
 * @param script the script that Node.js was started with; on Windows, with the separators of that system
 */
export function isProviderHost(script: string): boolean {
  return /[\\/]dynamic-provider(?:[\\/]index\.js)?$/.test(script);
}

/**
 * What an error of ours says of itself to the host. The engine prints its message at the resource; for some calls, the host prints
 * `${error}: ${error.stack}` as well, which the engine would show at the stack.
 */
export const printedAtResource = "the engine prints this error at its resource";

/** Drops what the host prints of such errors, and nothing else. */
export function dropRepeatedErrors(): void {
  const write = process.stderr.write.bind(process.stderr) as (chunk: unknown, ...rest: unknown[]) => boolean;
  const repeated = `${printedAtResource}: ${printedAtResource}\n`;
  process.stderr.write = (chunk: unknown, ...rest: unknown[]) => write(chunk === repeated ? "" : chunk, ...rest);
}
