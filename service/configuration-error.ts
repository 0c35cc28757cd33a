/** The error for a setting that is missing or wrong. */

/** A missing or wrong setting. The message names it, and says what is wrong and what to do. */
export class ConfigurationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConfigurationError";
  }
}
