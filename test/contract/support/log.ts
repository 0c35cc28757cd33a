import type { FastifyBaseLogger } from "fastify";

/** A log that keeps all that it is given, errors whole; each line as JSON. */
export function logInto(lines: string[]): FastifyBaseLogger {
  const write = (...given: unknown[]) => {
    const whole = (_name: string, value: unknown) =>
      value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value;
    lines.push(JSON.stringify(given, whole));
  };
  const log: FastifyBaseLogger = {
    level: "trace",
    child: (bindings) => {
      write(bindings);
      return log;
    },
    silent: () => {},
    trace: write,
    debug: write,
    info: write,
    warn: write,
    error: write,
    fatal: write,
  };
  return log;
}
