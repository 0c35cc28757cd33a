/** The log of the service. */
import { type Logger, pino } from "pino";

const secretNames = ["authorization", "secret", "key", "token", "password", "pepper", "ownerToken", "idempotency-key"];

/** The log levels; each includes those before it. */
export const logLevels = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;

/** Creates the log: JSON lines on stderr, because stdout is for the line that reports readiness. */
export function createLog(): Logger {
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
    pino.destination({ dest: 2, sync: true }),
  );
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) {
    return { message: String(error) };
  }
  const code = "code" in error ? { code: error.code } : {};
  return { type: error.name, message: error.message, ...code, stack: error.stack };
}
