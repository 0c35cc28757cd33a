/** The contract's own formats of text. */
import { emailFault } from "./email.ts";
import { lineFault, storageFault } from "./text.ts";

/** By the name of a format: says what keeps a text from having it, in a phrase such as `must not be empty`. */
export const textFaults: Readonly<Record<string, (text: string) => string | undefined>> = {
  line: lineFault,
  mailbox: emailFault,
  text: storageFault,
};
