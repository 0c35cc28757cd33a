/** Finds or compiles Pulumi's SDK for Go. @returns the environment in which Go builds examples/go with it */
export declare function setUpGoSdk(): Promise<Record<string, string>>;
