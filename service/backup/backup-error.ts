/** The error that backup and restore throw for a problem that an operator can solve. */

/** A backup that can't be made or restored. The message says why, and what to do. */
export class BackupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BackupError";
  }
}
