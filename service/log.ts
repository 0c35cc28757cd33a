/** The log of the service. */
import { type DestinationStream, type Logger, pino } from "pino";

const secretNames = ["authorization", "secret", "key", "token", "password", "pepper", "ownerToken", "idempotency-key"];

/** The log levels; each includes those before it. */
export const logLevels = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;

/** A log. */
export type Log = Logger;

/**
 * Creates the log, which is JSON lines.
 *
 * @param destination stderr by default, because stdout is for the line that reports readiness
 */
export function createLog(destination: DestinationStream = pino.destination({ dest: 2, sync: true })): Log {
  return pino(
    {
      base: { service: "roster" },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: secretNames.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: "[secret]",
      },
      // Drivers attach parameters of statements to errors, so log only known fields.
      serializers: { err: describeError },
    },
    destination,
  );
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) {
    return { message: String(error) };
  }
  const code = "code" in error ? { code: error.code } : {};
  return { type: error.name, message: error.message, ...code, stack: error.stack };
}
