/** The tables of the database, as Kysely types. */
import { type ColumnType, type Generated, type Kysely, type RawBuilder, sql } from "kysely";
import type { Schemas } from "roster-schema";
import type {
  AccessTokensTable,
  AttemptsTable,
  CredentialsTable,
  DeviceLogInsTable,
  MailAllowancesTable,
  SessionsTable,
} from "./people-tables.ts";
import type { LogosTable, RunsTable, ServiceIdentityTable, ServiceRestoresTable } from "./service-tables.ts";

/** A jsonb column: read as a value, written as JSON text, because the two drivers send arrays differently. */
type Json<T> = ColumnType<T, string, string>;

/** Who created an object and when, and whether it is known: see take-over.ts. */
export interface CreationColumns {
  created_by: string;
  created_at: Date;
  /** The run that created the object, a UUIDv7; null if the caller named none. */
  created_run: string | null;
  /** When a run first reported the object as written, or somebody changed it; null while it may be a lost create. */
  known_at: Date | null;
}

/** The columns that every table of managed objects has. */
interface ManagedColumns extends CreationColumns {
  /** The number of adoptions that have not been released: see adoption.ts. */
  adoption_depth: Generated<number>;
}

/** An escaped LIKE pattern for texts with a prefix. */
export function beginningWith(text: string): string {
  return `${text.replace(/[\\%_]/g, "\\$&")}%`;
}

/** A text column in byte order, as in the indexes `…_by_stack`. */
export function byByte(column: string): RawBuilder<string> {
  return sql<string>`${sql.ref(column)} collate "C"`;
}

/** The columns about the creation of an object. */
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
  /** The policies that the organization can choose from. */
  allowed_join_policies: ColumnType<Schemas["JoinPolicy"][], string | undefined, string>;
  external_api_access: boolean;
  keys_per_owner: number | null;
  allow_expiring_jwt: boolean;
  plan: Schemas["Plan"];
  billing: Schemas["Billing"];
  stripe_subscription: string | null;
  /** The logo; its content is in `logos`. */
  logo_sha256: string | null;
  logo_media_type: Schemas["LogoMediaType"] | null;
  logo_size_bytes: number | null;
  status: Schemas["OrganizationStatus"];
  updated_at: Date;
}

/**
 * Who manages the profiles of organizations. A row exists once somebody manages a profile; the values of a profile are columns of
 * `organizations`.
 */
export interface OrganizationProfilesTable extends ManagedColumns {
  /** `profileIdOf` the organization. */
  id: string;
  organization_id: string;
  external_id: string | null;
}

/** People and system users. */
export interface UsersTable extends ManagedColumns {
  id: string;
  external_id: string | null;
  /**
   * Unique; while the user is active, `liveName` of the home organization, or of the creator if there is none. For a released
   * user, a value by which its last manager can reactivate it, and which is never a live name.
   */
  external_id_live: string | null;
  email: string;
  /** Unique; the normalized address: `normalizeEmail`. */
  email_normalized: string;
  /** The new address that is waiting for confirmation. */
  pending_email: string | null;
  /** When the newest set-up link was mailed, and when it expires. */
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
  /** When the system role was given; null without one, or if it was given before access tokens existed. */
  system_role_since: Date | null;
  state: Schemas["UserState"];
  /** When the account was completed; null means invited. */
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
  /** The invited address, as given and normalized; null once there is a user. */
  email: string | null;
  email_normalized: string | null;
  external_id: string | null;
  external_id_live: string | null;
  /** Unique; `liveName` of the organization and of the user or address while the membership has not ended, else null. */
  member_live: string | null;
  role: string;
  /** An expired invitation stays `pending`; its shown status depends on `invite_expires_at`. */
  status: Exclude<Schemas["MembershipStatus"], "expired">;
  /** When the newest link of the invitation expires. */
  invite_expires_at: Date | null;
  resend_invite: string | null;
  updated_at: Date;
  ended_at: Date | null;
}

/** What a key is: an API key of a kind, or the access token of a system user. */
export type StoredKeyKind = Schemas["ApiKeyKind"] | "token";

/** API keys, and the access tokens of system users, which are their owners; revoked ones included. */
export interface ApiKeysTable extends ManagedColumns {
  id: string;
  organization_id: string;
  owner_id: string | null;
  external_id: string | null;
  external_id_live: string | null;
  name: string;
  /** Unique; while the key is active, `liveName` of the name in the scope of its kind: see `scopeOf` of `KeyKind`. Else null. */
  name_live: string | null;
  kind: StoredKeyKind;
  format: Schemas["ApiKeyFormat"];
  permissions: Json<Schemas["Permission"][]>;
  /** The addresses from which the key authenticates, as `ipRangeSet` returns them; null means anywhere. */
  allowed_ips: ColumnType<string[] | null, string | null | undefined, string | null>;
  generation: number;
  /** The end date as given; `expires_at` is its instant. */
  end_date: string | null;
  expires_at: Date | null;
  revoked_at: Date | null;
  /** Whether the key is from before multi-key support. */
  legacy: Generated<boolean>;
  updated_at: Date;
}

/** The current and earlier secrets of API keys and of system users' access tokens, hashed. */
export interface ApiKeySecretsTable {
  key_id: string;
  generation: number;
  /** Unique over every key; the keyed hash, see keys/peppers.ts. */
  hash: string;
  pepper_version: string;
  signing_kid: string | null;
  prefix: string;
  fingerprint: string;
  /** When a rotated secret ends, if no use postpones it: see keys/secret-end.ts. Null for the current secret. */
  expires_at: Date | null;
  hold_while_used_seconds: number | null;
  used_at: Date | null;
  created_at: Date;
  /** The run that created it; null if unknown. */
  created_run: string | null;
}

/** Assignments of API keys to users. */
export interface ApiKeyAssignmentsTable extends ManagedColumns {
  id: string;
  organization_id: string;
  key_id: string;
  /** Null until somebody who is named by address, and is outside the organization or invited to it, has accepted. */
  user_id: string | null;
  /** The address of such a person, as given and normalized; null once there is a user. */
  email: string | null;
  email_normalized: string | null;
  /** Unique; `liveName(key_id, email_normalized)` while there is no user, else null. */
  invited_live: string | null;
  external_id: string | null;
  external: boolean;
  /** The pending membership that the assignment waits for; null if it is active, or offered by a link of its own. */
  membership_id: string | null;
  /** Who attached a key that waits for a membership, as in `LinksTable`. */
  requested_by: string | null;
  /** As a membership's. */
  status: Generated<Exclude<Schemas["ApiKeyAssignmentStatus"], "expired">>;
  invite_expires_at: Date | null;
  resend_invite: string | null;
  updated_at: Date;
}

/** The values of adopted objects before their adoption. */
export interface AdoptionsTable {
  object_id: string;
  /** The number of the object's adoption, from 1. */
  depth: number;
  /** The settable values before the adoption, by path. */
  before: Json<Record<string, unknown>>;
  /** The settable values as the adopter has set them, by path. */
  ours: Json<Record<string, unknown>>;
}

/** The purpose of a link. */
export type LinkPurpose = "set_up" | "membership" | "assignment" | "email_change" | "password_reset" | "sign_up";

/** Mailed links, hashed. */
export interface LinksTable {
  id: string;
  /** Unique; the token itself is not stored. */
  token_hash: string;
  purpose: LinkPurpose;
  subject: string;
  email: string;
  /** "owner", or the identifier of an API key, user or system user's access token; null if a person requested the link themselves. */
  requested_by: string | null;
  created_at: Date;
  expires_at: Date;
  /** When the link was used or replaced. */
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
  /** The mail as encrypted JSON, because it may contain a link. Null once the mail has an outcome. */
  body: string | null;
  pepper_version: string;
  /** The link in the mail; the mail is dropped if the link no longer works. */
  link_id: string | null;
  /** The organization whose administrators the mail is for; the mail is dropped if the recipient is no longer one. */
  administrators_of: string | null;
  created_at: Date;
  attempts: number;
  /** When the next attempt is due, or another sender can claim the mail; null once the mail has an outcome. */
  due_at: Date | null;
  outcome: "sent" | "dropped" | "failed" | null;
  ended_at: Date | null;
}

/** The entries of the audit. */
export interface AuditEntriesTable {
  id: string;
  organization_id: string | null;
  at: Date;
  actor_kind: Schemas["AuditEntry"]["actor"]["kind"];
  actor_id: string | null;
  /** The access token that the user acted with. */
  actor_token: string | null;
  action: string;
  object_kind: Schemas["AuditEntry"]["object"]["kind"];
  object_id: string;
  before: ColumnType<Record<string, unknown> | null, string | null, never>;
  after: ColumnType<Record<string, unknown> | null, string | null, never>;
  request_id: string;
  /** Set when the entry is sealed: its chain, its sequence number from 1, and its hash; see audit/. */
  chain: ColumnType<string | null, never, string>;
  sequence: ColumnType<number | null, never, number>;
  hash: ColumnType<string | null, never, string>;
}

/** The heads of the audit's chains. */
export interface AuditChainsTable {
  /** The organization's id, or "service". */
  chain: string;
  /** The sequence number and the hash of the last sealed entry; 0 and null before the first. */
  sequence: number;
  hash: string | null;
  begun_at: Date;
  pepper_version: string;
  /** Covers all of the above, with a key derived from the pepper. */
  mac: string;
}

/** The idempotency keys of mutations, with their answers. */
export interface IdempotencyKeysTable {
  principal: string;
  key_hash: string;
  request_hash: string;
  status: number | null;
  headers: ColumnType<Record<string, string> | null, string | null, string | null>;
  /** The answer's body as JSON; encrypted if it contains a secret. */
  body: string | null;
  /** The pepper of the encryption key; null if the body is not encrypted. */
  pepper_version: string | null;
  /** When the body is deleted. */
  body_expires_at: Date;
  expires_at: Date;
  created_at: Generated<Date>;
}

/** The database's tables, as Kysely knows them. */
export interface Tables {
  organizations: OrganizationsTable;
  organization_profiles: OrganizationProfilesTable;
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
  access_tokens: AccessTokensTable;
  device_log_ins: DeviceLogInsTable;
  attempts: AttemptsTable;
  mail_allowances: MailAllowancesTable;
  audit_entries: AuditEntriesTable;
  audit_chains: AuditChainsTable;
  idempotency_keys: IdempotencyKeysTable;
  service_identity: ServiceIdentityTable;
  service_restores: ServiceRestoresTable;
  runs: RunsTable;
}

/** The tables of managed objects. */
export type ManagedTable =
  | "organizations"
  | "organization_profiles"
  | "users"
  | "roles"
  | "memberships"
  | "api_keys"
  | "api_key_assignments";

/** The database, or a transaction on it. */
export type Database = Kysely<Tables>;

/**
 * The value of a "…_live" column while its row is live: a name within a scope. Unique indexes on these columns replace
 * partial indexes, which not every engine has; nulls are distinct.
 */
export function liveName(scope: string, name: string): string {
  return `${scope} ${name}`;
}
