/** The program of Chromium: the system's own, else one that the set-up gets. */
export declare function setUpBrowser(): Promise<string>;
