/** Logging in from a command: the device authorization grant of RFC 8628, with the paths and members that both sides use. */

/** Where a client asks for a code. Requests are form-encoded, answers are JSON. */
export const deviceAuthorizationPath = "/login/device-authorization";

/** Where a client asks whether the person has approved, and gets the access token. */
export const deviceTokenPath = "/login/token";

/** The page on which a person enters the code. */
export const devicePagePath = "/device";

/** The `grant_type` of a request to `deviceTokenPath`. */
export const deviceGrantType = "urn:ietf:params:oauth:grant-type:device_code";

/** The letters of user codes: without vowels, so that codes spell no words, and without letters that look alike. */
export const userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ";

/** The limits of the life of a token that a client asks for, in seconds: 12 hours by default, at most a year. */
export const tokenLifeSeconds = { least: 60, default: 12 * 60 * 60, most: 365 * 24 * 60 * 60 } as const;

/** The members of a request to `deviceAuthorizationPath`. */
export interface DeviceAuthorizationRequest {
  /** The client, such as `roster`: 1 to 50 letters, digits, `.`, `_` and `-`. */
  readonly client_id: string;
  /** What the person sees as the client, such as `roster on build-7`: one line of at most 100 characters. */
  readonly client_name?: string;
  /** The life of the token in seconds, within `tokenLifeSeconds`. */
  readonly token_life?: string;
}

/** The answer to a `DeviceAuthorizationRequest`. */
export interface DeviceAuthorization {
  readonly device_code: string;
  /** Eight letters with a hyphen in the middle. */
  readonly user_code: string;
  readonly verification_uri: string;
  /** The same page, with the code filled in. */
  readonly verification_uri_complete: string;
  /** The seconds until the codes end. */
  readonly expires_in: number;
  /** The least number of seconds between two requests to `deviceTokenPath`. */
  readonly interval: number;
}

/** The members of a request to `deviceTokenPath`. */
export interface DeviceTokenRequest {
  readonly grant_type: string;
  readonly device_code: string;
  readonly client_id: string;
}

/** The answer to a `DeviceTokenRequest`, once the person has approved. A code works once. */
export interface DeviceToken {
  readonly access_token: string;
  readonly token_type: "Bearer";
  /** The seconds until the token ends. */
  readonly expires_in: number;
}

/** Why a request is refused, with status 400, or 429 for `slow_down` by a limit. */
export type DeviceRefusalCode =
  /** The person has not decided yet: ask again after the interval. */
  | "authorization_pending"
  /** Ask less often: the interval is five seconds longer from now on. */
  | "slow_down"
  /** The person has refused. */
  | "access_denied"
  /** The code has ended, was used, or never existed. */
  | "expired_token"
  /** The person has approved, but the token can't be made any more; the description says why. */
  | "invalid_grant"
  | "invalid_request"
  | "invalid_client"
  | "unsupported_grant_type";

/** The answer to a request that is refused (RFC 6749, 5.2). */
export interface DeviceRefusal {
  readonly error: DeviceRefusalCode;
  readonly error_description: string;
}
