/** The folder that has `initdb` and `postgres`: the system's own, else one from the npm registry. */
export declare function setUpPostgres(): Promise<string>;
