/**
 * Options of Node.js for a process of the service that a test starts. The embedded database is WebAssembly, and V8 would spend more on
 * optimizing it than such a process, which answers some hundreds of requests, gets back: half a second of a processor each.
 */
export const shortLived: readonly string[] = ["--liftoff-only"];
