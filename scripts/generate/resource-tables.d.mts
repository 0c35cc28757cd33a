/** The page of a kind, from the repository's folder on. */
export declare function pageOf(kind: string): string;
