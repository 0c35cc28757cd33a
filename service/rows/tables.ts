/** The tables of the database, as Kysely types. */
import { type ColumnType, type Generated, type Kysely, type RawBuilder, sql } from "kysely";
import type { Schemas } from "roster-schema";
import type { RunsTable, ServiceIdentityTable, ServiceRestoresTable } from "./service-tables.ts";

/** A jsonb column: read as a value, written as JSON text, because the two drivers differ in how they send arrays. */
type Json<T> = ColumnType<T, string, string>;

/** Who made an object, when, and whether anybody knows of it: see take-over.ts. */
export interface CreationColumns {
  created_by: string;
  created_at: Date;
  /** The run of a provider that made it, a UUIDv7; null where nobody said. */
  created_run: string | null;
  /** Since when a run has reported it as written, or somebody has changed it; null while it may be a lost create. */
  known_at: Date | null;
}

/** What every table of objects has that a stack manages. */
interface ManagedColumns extends CreationColumns {
  /** How many managers in turn have adopted it and not let go: see adoption.ts. */
  adoption_depth: Generated<number>;
}

/** A pattern of LIKE for what begins with a text, in which nothing stands for anything else. */
export function beginningWith(text: string): string {
  return `${text.replace(/[\\%_]/g, "\\$&")}%`;
}

/** A column of text by byte, as the indexes `…_by_stack` have it. */
export function byByte(column: string): RawBuilder<string> {
  return sql<string>`${sql.ref(column)} collate "C"`;
}

/** The columns that tell who made an object when. */
export const creationColumns = ["id", "created_by", "created_at", "created_run", "known_at"] as const;

/** Organizations, closed ones included. */
export interface OrganizationsTable extends ManagedColumns {
  id: string;
  external_id: string | null;
  /** Unique; `external_id` while the organization is open, else null. */
  external_id_live: string | null;
  slug: string;
  /** Unique; `slug` while the organization is open, else null. */
  slug_live: string | null;
  name: string;
  website_url: string | null;
  join_policies: Json<Schemas["JoinPolicy"][]>;
  external_api_access: boolean;
  keys_per_owner: number | null;
  allow_expiring_jwt: boolean;
  plan: Schemas["Plan"];
  billing: Schemas["Billing"];
  stripe_subscription: string | null;
  /** The logo that is shown; its content is in `logos`. */
  logo_sha256: string | null;
  logo_media_type: Schemas["LogoMediaType"] | null;
  logo_size_bytes: number | null;
  status: Schemas["OrganizationStatus"];
  updated_at: Date;
}

/** The contents of the logo that is shown, and of those that letting go of an adopted organization would show again. */
export interface LogosTable {
  organization_id: string;
  sha256: string;
  media_type: Schemas["LogoMediaType"];
  size_bytes: number;
  content: Uint8Array;
}

/** People and robots. */
export interface UsersTable extends ManagedColumns {
  id: string;
  external_id: string | null;
  /**
   * Unique; `liveName` of the home organization, or of the creator where there is none, while the user is active. Of one whom
   * its manager has let go of, what brings it back for that one: no live name is like it.
   */
  external_id_live: string | null;
  email: string;
  /** Unique; the address as addresses are compared: `normalizeEmail`. */
  email_normalized: string;
  /** The address that was asked for and waits for its confirmation. */
  pending_email: string | null;
  /** Of the newest set-up link: when it was mailed, and until when it works. */
  invite_sent_at: Date | null;
  invite_expires_at: Date | null;
  /** The last values of the declared acts: see declared-acts.ts. */
  resend_invite: string | null;
  reset_password: string | null;
  given_name: string | null;
  family_name: string | null;
  kind: Schemas["UserKind"];
  home_organization_id: string | null;
  system_role: Schemas["SystemRole"];
  state: Schemas["UserState"];
  /** When the account was completed; null is invited. */
  activated_at: Date | null;
  block_reason: "failed_logins" | "misuse" | null;
  updated_at: Date;
}

/** Organizations' own roles. */
export interface RolesTable extends ManagedColumns {
  id: string;
  organization_id: string;
  external_id: string | null;
  name: string;
  permissions: Json<Schemas["Permission"][]>;
  updated_at: Date;
}

/** Memberships, ended ones and open invitations included. */
export interface MembershipsTable extends ManagedColumns {
  id: string;
  organization_id: string;
  /** Null until an invitation is accepted. */
  user_id: string | null;
  /** Who is invited, as it was given, and as addresses are compared; null once there is a user. */
  email: string | null;
  email_normalized: string | null;
  external_id: string | null;
  external_id_live: string | null;
  /** Unique; `liveName` of the organization and of the user or address while the membership has not ended, else null. */
  member_live: string | null;
  role: string;
  /** An invitation that has expired stays `pending`: what is shown goes by `invite_expires_at`. */
  status: Exclude<Schemas["MembershipStatus"], "expired">;
  /** Until when the newest link of the invitation works. */
  invite_expires_at: Date | null;
  resend_invite: string | null;
  updated_at: Date;
  ended_at: Date | null;
}

/** API keys, revoked ones included. */
export interface ApiKeysTable extends ManagedColumns {
  id: string;
  organization_id: string;
  owner_id: string | null;
  external_id: string | null;
  external_id_live: string | null;
  name: string;
  /** Unique; `liveName(organization_id, name)` while the key is active, else null. */
  name_live: string | null;
  kind: Schemas["ApiKeyKind"];
  format: Schemas["ApiKeyFormat"];
  permissions: Json<Schemas["Permission"][]>;
  /** From where the key authenticates, as `ipRangeSet` gives it; null is from anywhere. */
  allowed_ips: ColumnType<string[] | null, string | null | undefined, string | null>;
  generation: number;
  /** The end as it was given; `expires_at` is the instant that it means. */
  end_date: string | null;
  expires_at: Date | null;
  revoked_at: Date | null;
  /** Whether the key is from before multi-key support. */
  legacy: Generated<boolean>;
  updated_at: Date;
}

/** The secrets that API keys have and had, hashed. */
export interface ApiKeySecretsTable {
  key_id: string;
  generation: number;
  /** Unique over every key; the keyed hash, see keys/peppers.ts. */
  hash: string;
  pepper_version: string;
  signing_kid: string | null;
  prefix: string;
  fingerprint: string;
  /** When a secret that was rotated away stops, unless a use puts that off: see keys/secret-end.ts. Null for the current one. */
  expires_at: Date | null;
  hold_while_used_seconds: number | null;
  used_at: Date | null;
  created_at: Date;
  /** Of the run of a program in which it was made; null where none is known. */
  created_run: string | null;
}

/** Who may use which API key. */
export interface ApiKeyAssignmentsTable extends ManagedColumns {
  id: string;
  organization_id: string;
  key_id: string;
  /** Null until somebody outside the organization, who was named by address, has accepted. */
  user_id: string | null;
  /** Who was named by address from outside, as it was given, and as addresses are compared; null once there is a user. */
  email: string | null;
  email_normalized: string | null;
  /** Unique; `liveName(key_id, email_normalized)` while there is no user, else null. */
  invited_live: string | null;
  external_id: string | null;
  external: boolean;
  /** As a membership's. */
  status: Generated<Exclude<Schemas["ApiKeyAssignmentStatus"], "expired">>;
  invite_expires_at: Date | null;
  resend_invite: string | null;
  updated_at: Date;
}

/** What adopted objects were before. */
export interface AdoptionsTable {
  object_id: string;
  /** Which of the object's adoptions, from 1. */
  depth: number;
  /** What could be set, by its path in the object, as it was before the adoption. */
  before: Json<Record<string, unknown>>;
  /** The same, as the adopter left it. */
  ours: Json<Record<string, unknown>>;
}

/** What following a link does. */
export type LinkPurpose = "set_up" | "membership" | "assignment" | "email_change" | "password_reset" | "sign_up";

/** The links that people are mailed, hashed. */
export interface LinksTable {
  id: string;
  /** Unique; the token itself is nowhere. */
  token_hash: string;
  purpose: LinkPurpose;
  subject: string;
  email: string;
  /** "owner", or the identifier of an API key; null where a person asked for it themselves. */
  requested_by: string | null;
  created_at: Date;
  expires_at: Date;
  /** When it was used, or a newer one took its place. */
  ended_at: Date | null;
}

/** Verified calls of user-defined APIs. */
export interface MessagesTable {
  id: string;
  organization_id: string;
  key_id: string;
  owner_id: string | null;
  api: string;
  outcome: Schemas["VerificationOutcome"];
  reason: Schemas["VerificationRefusal"] | null;
  at: Date;
}

/** The outbox. */
export interface MailsTable {
  id: string;
  recipient: string;
  /** The mail as JSON text, sealed: it may hold a link. Null once the mail has its outcome. */
  body: string | null;
  pepper_version: string;
  /** The link in it; the mail is dropped once that doesn't work any more. */
  link_id: string | null;
  /** The organization whose administrators the mail is for; dropped where the recipient administers it no longer. */
  administrators_of: string | null;
  created_at: Date;
  attempts: number;
  /** When it is to be tried next, or may be tried by another sender; null once it has its outcome. */
  due_at: Date | null;
  outcome: "sent" | "dropped" | "failed" | null;
  ended_at: Date | null;
}

/** What people log in with. */
export interface CredentialsTable {
  user_id: string;
  /** In PHC's format: the parameters travel with the hash. */
  password_hash: string;
  changed_at: Date;
  /** When the person accepted that the account is personal. */
  rule_accepted_at: Date;
}

/** Who is logged in. */
export interface SessionsTable {
  token_hash: string;
  user_id: string;
  created_at: Date;
  /** At most a minute older than the last use. */
  used_at: Date;
}

/** How many mails an address has been sent that it didn't ask for. */
export interface MailAllowancesTable {
  /** What is counted and for whom, hashed: see mail/allowances.ts. */
  subject: string;
  /** When nothing of the allowance is used any more. */
  whole_at: Date;
}

/** What is counted against abuse. */
export interface AttemptsTable {
  id: string;
  /** Whose or what for, hashed: see attempts.ts. */
  subject: string;
  at: Date;
}

/** Who changed what. */
export interface AuditEntriesTable {
  id: string;
  organization_id: string | null;
  at: Date;
  actor_kind: Schemas["AuditEntry"]["actor"]["kind"];
  actor_id: string | null;
  action: string;
  object_kind: Schemas["AuditEntry"]["object"]["kind"];
  object_id: string;
  before: ColumnType<Record<string, unknown> | null, string | null, never>;
  after: ColumnType<Record<string, unknown> | null, string | null, never>;
  request_id: string;
  /** What seals it, and nothing before: which chain it is in, its place there from 1, and its hash; see audit-chain/. */
  chain: ColumnType<string | null, never, string>;
  sequence: ColumnType<number | null, never, number>;
  hash: ColumnType<string | null, never, string>;
}

/** How far each of the audit's chains goes. */
export interface AuditChainsTable {
  /** The organization's id, or "service". */
  chain: string;
  /** The place and the hash of the entry that was sealed last; 0 and null before the first. */
  sequence: number;
  hash: string | null;
  begun_at: Date;
  pepper_version: string;
  /** Over all of the above, under a key that the pepper gives. */
  mac: string;
}

/** Which changes were asked for, and what was answered. */
export interface IdempotencyKeysTable {
  principal: string;
  key_hash: string;
  request_hash: string;
  status: number | null;
  headers: ColumnType<Record<string, string> | null, string | null, string | null>;
  /** The answer's body as JSON text; sealed where it holds a secret. */
  body: string | null;
  /** The pepper that salted the seal; null where the body is not sealed. */
  pepper_version: string | null;
  /** Until when the body is kept. */
  body_expires_at: Date;
  expires_at: Date;
  created_at: Generated<Date>;
}

/** The database's tables, as Kysely knows them. */
export interface Tables {
  organizations: OrganizationsTable;
  logos: LogosTable;
  users: UsersTable;
  roles: RolesTable;
  memberships: MembershipsTable;
  api_keys: ApiKeysTable;
  api_key_secrets: ApiKeySecretsTable;
  api_key_assignments: ApiKeyAssignmentsTable;
  adoptions: AdoptionsTable;
  links: LinksTable;
  messages: MessagesTable;
  mails: MailsTable;
  credentials: CredentialsTable;
  sessions: SessionsTable;
  attempts: AttemptsTable;
  mail_allowances: MailAllowancesTable;
  audit_entries: AuditEntriesTable;
  audit_chains: AuditChainsTable;
  idempotency_keys: IdempotencyKeysTable;
  service_identity: ServiceIdentityTable;
  service_restores: ServiceRestoresTable;
  runs: RunsTable;
}

/** The tables of the objects that a stack manages. */
export type ManagedTable = "organizations" | "users" | "roles" | "memberships" | "api_keys" | "api_key_assignments";

/** The database, or a transaction on it. */
export type Database = Kysely<Tables>;

/**
 * What a "…_live" column holds while its row is live: a name within a scope. Plain unique indexes over such columns
 * stand in for partial ones, which not every engine has; nulls are distinct there.
 */
export function liveName(scope: string, name: string): string {
  return `${scope} ${name}`;
}
