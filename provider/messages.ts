/** What the provider tells the person who runs the engine while it works, other than in errors. */

/** Prints a line where the engine displays it. */
type Print = (line: string) => Promise<void> | void;

/** The engine displays what the process of a dynamic provider prints. */
let print: Print = (line) => void process.stdout.write(`${line}\n`);
let printed: Promise<void> = Promise.resolve();

/** Has the lines of this process printed in another way. */
export function printBy(own: Print): void {
  print = own;
}

/** Prints a line, after those before it. @returns once the engine has it */
export function say(line: string): Promise<void> {
  printed = printed.then(() => print(line));
  return printed;
}

/** Waits until the engine has every line. */
export function allSaid(): Promise<void> {
  return printed;
}
