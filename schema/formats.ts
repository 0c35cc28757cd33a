/** The text formats of the contract. */
import { emailFault } from "./email.ts";
import { lineFault, storageFault } from "./text.ts";

/** The check of each format: it returns what is wrong with a text, in a phrase such as `must not be empty`. */
export const textFaults: Readonly<Record<string, (text: string) => string | undefined>> = {
  line: lineFault,
  mailbox: emailFault,
  text: storageFault,
};
