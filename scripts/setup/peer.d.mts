/** Where the benchmark's peer is. */
export interface Peer {
  /** The program `tofu`. */
  readonly tofu: string;
  /** The folder with the provider's program. */
  readonly providerFolder: string;
  /** What it is called, with its versions. */
  readonly name: string;
}

/** Builds the peer, unless it is there. */
export declare function setUpPeer(): Promise<Peer>;
