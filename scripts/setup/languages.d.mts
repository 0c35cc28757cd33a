/** A CLI that runs programs in YAML, Python and Go as well. */
export interface Languages {
  /** Its folder, for the option of `engineEnvironment` of the same name. */
  readonly binFolder: string;
  /** A program that writes the SDKs of a schema. Undefined where `pulumi package gen-sdk` does, with the vendor's language hosts. */
  readonly sdkGenerator?: string;
}

/** Finds a CLI that has the language hosts, or builds those that the CLI in use lacks. */
export declare function setUpLanguages(): Promise<Languages>;
