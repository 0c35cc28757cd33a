/** The tables about people who log in, as Kysely types. */
import type { ColumnType } from "kysely";
import type { Schemas } from "roster-schema";

/** The passwords of people. */
export interface CredentialsTable {
  user_id: string;
  /** In PHC's format: the parameters travel with the hash. */
  password_hash: string;
  changed_at: Date;
  /** When the person accepted that the account is personal. */
  rule_accepted_at: Date;
}

/** The sessions of people. */
export interface SessionsTable {
  token_hash: string;
  user_id: string;
  created_at: Date;
  /** The last use, at most a minute late. */
  used_at: Date;
  /** The network that the person logged in from; null for sessions from before this was recorded. */
  network: string | null;
  /** When the person last entered the password; null for sessions from before this was recorded. */
  password_at: Date | null;
}

/** Access tokens of people. */
export interface AccessTokensTable {
  id: string;
  user_id: string;
  name: string;
  /** The client that logged in, as it names itself; null for a token that was made on the page. */
  client: string | null;
  /** The only organization that the token acts in; null for all of its user's. */
  organization_id: string | null;
  /** The permissions that the token is limited to; null for all of its user's. */
  permissions: ColumnType<Schemas["Permission"][] | null, string | null, never>;
  /** Unique: see `keyedHash`. */
  hash: string;
  pepper_version: string;
  prefix: string;
  created_at: Date;
  /** When the person last decided that the token has the rights that it has. */
  confirmed_at: Date;
  expires_at: Date;
  /** The last use, at most a minute late. */
  used_at: Date | null;
  revoked_at: Date | null;
}

/** Log-ins from commands, until the token is handed out. */
export interface DeviceLogInsTable {
  device_code_hash: string;
  /** Unique; eight letters. */
  user_code: string;
  client_id: string;
  client: string;
  /** The network that asked. */
  network: string;
  token_life_seconds: number;
  created_at: Date;
  expires_at: Date;
  /** The least time between two polls. */
  interval_seconds: number;
  polled_at: Date | null;
  /** The person who approved. */
  approved_by: string | null;
  approved_at: Date | null;
  /** The token that the person approved, without its end. */
  approved_token: ColumnType<ApprovedToken | null, string | null, string | null>;
  denied_at: Date | null;
}

/** What a person allows a token to do. */
export interface ApprovedToken {
  readonly name: string;
  readonly organization: string | null;
  readonly permissions: Schemas["Permission"][] | null;
}

/** The allowances for unrequested mails. */
export interface MailAllowancesTable {
  /** The hashed subject: see mail/allowances.ts. */
  subject: string;
  /** When the allowance is whole again. */
  whole_at: Date;
}

/** Attempts that are counted to limit abuse. */
export interface AttemptsTable {
  id: string;
  /** The hashed subject: see attempts.ts. */
  subject: string;
  at: Date;
}
