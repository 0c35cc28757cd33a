/** Every path the scripts share, absolute. */
export declare const paths: {
  readonly checkout: string;
  /** The installed packages' programs; Node.js 24 is one of them. */
  readonly programs: string;
  /** The Node.js 24 among the packages. */
  readonly node: string;
  readonly roster: string;
  /** The data directory of the reference service that `npm start` runs. */
  readonly serviceData: string;
  readonly ownerToken: string;
  readonly serviceLog: string;
  /** The file that says where the service that was started last can be reached. */
  readonly endpoint: string;
  /** Pulumi's file backend of this checkout. */
  readonly state: string;
  readonly pulumiHome: string;
  readonly compileCache: string;
  readonly passphrase: string;
  readonly engine: string;
};

/** The name of the root stack. */
export declare const rootStack: string;

/** A resource plugin the engine can start. */
export interface Plugin {
  readonly name: string;
  readonly version: string;
  /** Absolute path of its program. */
  readonly executable: string;
  /** True for the plugin that replaces the official one where that cannot be had. */
  readonly standIn: boolean;
}

/** Where the engine is, as the last set-up left it. */
export interface Engine {
  readonly version: string;
  /** Folder of `pulumi` and its Node.js language host. */
  readonly binFolder: string;
  /** More folders for PATH, where the language host or the dynamic provider's plugin lies elsewhere. */
  readonly extraFolders: readonly string[];
  readonly randomPlugin: Plugin;
}

export interface EngineEnvironmentOptions {
  /** What to start from; `process.env` by default. */
  readonly base?: Readonly<Record<string, string | undefined>>;
  /** PULUMI_HOME; this checkout's own by default. */
  readonly home?: string;
  /** Folder of the file backend; this checkout's own by default. */
  readonly backend?: string;
  /** Encrypts secrets in the state; this checkout's own, kept in a file by default. */
  readonly passphrase?: string;
  /** Folder of `pulumi` and its language hosts; by default, the one that the last set-up left. */
  readonly binFolder?: string;
}

/** Where the engine is. @throws {Error} when no set-up has completed in this checkout */
export declare function readEngine(): Engine;

/**
 * The environment for a child process that runs the Pulumi engine: PATH with Node.js 24, the
 * engine and its plugins, and a backend, a home and a passphrase that are made if missing.
 *
 * @example
 * const env = engineEnvironment({ home: join(folder, "home"), backend: join(folder, "state"), passphrase: "test" });
 * execFileSync("pulumi", ["preview", "--non-interactive"], { cwd: folder, env });
 *
 * @throws {Error} when no set-up has completed in this checkout
 */
export declare function engineEnvironment(options?: EngineEnvironmentOptions): Record<string, string>;

/**
 * What tells the provider where the service is and who asks: the user's own settings, else
 * those of the service that `npm start` runs here.
 */
export declare function serviceAccess(): { ROSTER_ENDPOINT?: string; ROSTER_TOKEN?: string };
