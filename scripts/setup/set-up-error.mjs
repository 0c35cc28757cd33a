/** Set-up cannot go on; the message is written for the person who ran it, and says what to do. */
export class SetUpError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "SetUpError";
  }
}
