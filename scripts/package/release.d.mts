/** A file of a release. */
export interface ReleasedFile {
  readonly name: string;
  readonly bytes: number;
}

/** Writes the files of a release into a folder, and replaces what it had. The same sources give the same bytes. */
export declare function buildRelease(folder: string, others?: readonly string[]): Promise<ReleasedFile[]>;
