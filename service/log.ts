/** The log of the service. */
import { type Logger, pino } from "pino";

const secretNames = ["authorization", "secret", "key", "token", "password", "pepper", "ownerToken", "idempotency-key"];

/** How much is logged; each holds those before it. */
export const logLevels = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;

/** The service's log: JSON lines on stderr, because stdout is for the line that says it is ready. */
export function createLog(): Logger {
  return pino(
    {
      base: { service: "roster" },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: secretNames.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: "[secret]",
      },
      // Drivers attach a statement's parameters to their errors: only what is known to be harmless is logged.
      serializers: { err: describeError },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = "code" in error ? { code: error.code } : {};
  return { type: error.name, message: error.message, ...code, stack: error.stack };
}
