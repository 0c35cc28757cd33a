/**
 * Generates the Node.js, Python and Go SDKs of a Pulumi schema, into the folders `nodejs`, `python` and `go`. What these
 * had is replaced.
 */
export declare function generateSdks(schema: string, folder: string): Promise<void>;
