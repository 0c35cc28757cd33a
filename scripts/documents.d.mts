/**
 * A document with what a command writes into it.
 *
 * @throws Error where the document has no place for it
 */
export declare function withWritten(document: string, command: string, content: string): string;

/** Which day it is and what this machine is, for a person who reads figures that were measured here. */
export declare function todayAndMachine(): string;
