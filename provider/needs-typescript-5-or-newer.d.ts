/**
 * What a TypeScript before 5 finds in place of the types of this package, which it can't read: every class would be `any`, and
 * nothing of a program would be checked. So it says that a member is missing in this file, whose name is the remedy.
 */
export {};
