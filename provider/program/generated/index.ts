/** What a program uses. Generated from provider/kinds by `npm run generate`; never edited. */
export * from "./access-token.ts";
export * from "./api-key.ts";
export * from "./api-key-assignees.ts";
export * from "./api-key-assignment.ts";
export * from "./lookups.ts";
export * from "./membership.ts";
export * from "./organization.ts";
export * from "./organization-members.ts";
export * from "./organization-profile.ts";
export * from "./role.ts";
export * from "./shared.ts";
export * from "./user.ts";
