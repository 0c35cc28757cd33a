/** What the engine's library notes of the program's call stack while a resource is declared. */
import path from "node:path";

/**
 * The depth of the stack traces that the library captures while a resource is declared: four traces for each property, in case its
 * promise is never resolved. They took three quarters of a program's time, and are shown only if this variable is set.
 */
const traceLimit = process.env.PULUMI_DEBUG_PROMISE_LEAKS ? Error.stackTraceLimit : 0;

/** Where this package's code is, compiled or as it was written. */
const packageFolder = path.join(__dirname, "..") + path.sep;
const library = `${path.sep}node_modules${path.sep}@pulumi${path.sep}pulumi${path.sep}`;

type PrepareStackTrace = NonNullable<typeof Error.prepareStackTrace>;

/**
 * Lets the library note where the program declares a resource, and nothing else. It writes the position, and every frame of the
 * call stack, into the state: without this, the position is in this package, and the frames are a third of a small resource.
 *
 * @returns a function that ends this
 * @see docs/decisions/0025-declaring.md
 */
export function noteOnlyPosition(): () => void {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = traceLimit;
  // Where Node.js itself maps positions to sources, it does so only without a function of anybody's.
  if (prepareStackTrace !== undefined || !process.sourceMapsEnabled) {
    Error.prepareStackTrace = (error, frames) => (prepareStackTrace ?? formatted)(error, framesOfProgram(frames));
  }
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    Object.assign(Error, { prepareStackTrace });
  };
}

/** The frames at the top, by whose number the library finds the caller of the resource's class, and then those of the program. */
function framesOfProgram(frames: NodeJS.CallSite[]): NodeJS.CallSite[] {
  const first = frames.findIndex((frame) => !fileOf(frame).includes(library));
  return frames.filter((frame, at) => at <= first || isOfProgram(fileOf(frame)));
}

function isOfProgram(file: string): boolean {
  return path.isAbsolute(file) && !file.startsWith(packageFolder) && !file.includes(library);
}

function fileOf(frame: NodeJS.CallSite): string {
  return (frame.getFileName() ?? "").replace(/^file:\/\//, "");
}

/** The form that Node.js gives a stack trace. */
const formatted: PrepareStackTrace = (error, frames) => [String(error), ...frames].join("\n    at ");
