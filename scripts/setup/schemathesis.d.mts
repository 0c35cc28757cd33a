/** The Python of a virtual environment that has Schemathesis, from PyPI. */
export declare function setUpSchemathesis(): Promise<string>;
