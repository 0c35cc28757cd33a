/**
 * TypeScript before version 5 finds this file in place of the types of this package, which it can't read: every class would be `any`,
 * and programs would not be checked. So it reports that a member is missing in this file, whose name is the remedy.
 */
export {};
