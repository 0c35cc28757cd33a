import { join } from "node:path";
import { lineFault } from "roster-schema";
import { z } from "zod";
import { parsePrices, type StripeAccount } from "./billing.ts";
import { isKeySource } from "./keys/scanner-keys.ts";
import { logLevels } from "./log.ts";

/** A setting that is missing or wrong; the message names it, says what is wrong, and what to do. */
export class ConfigurationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ConfigurationError";
  }
}

const url = (protocol: RegExp) => z.url({ protocol, error: "must be a URL" });

const environment = z.object({
  ROSTER_HOST: z.string().min(1).default("127.0.0.1"),
  ROSTER_PORT: z.coerce.number("must be a number").int().min(0).max(65535).default(4680),
  ROSTER_DATA_DIR: z.string().min(1).default("./.roster/service"),
  DATABASE_URL: url(/^postgres(ql)?$/).optional(),
  ROSTER_OWNER_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]*$/, "must be printable ASCII without spaces")
    .min(16, "must have at least 16 characters; better 256 random bits")
    .optional(),
  ROSTER_KEY_PEPPERS: z.string().optional(),
  ROSTER_SIGNING_KEYS: z.string().optional(),
  ROSTER_STRIPE_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces")
    .optional(),
  ROSTER_STRIPE_API_BASE: url(/^https?$/).optional(),
  ROSTER_STRIPE_PRICES: z
    .string()
    .transform((text, { addIssue }) => {
      const prices = parsePrices(text);
      if (prices === undefined)
        addIssue("must name the price of each plan once, as premium:price_…,enterprise:price_…");
      return prices;
    })
    .optional(),
  SMTP_URL: url(/^smtps?$/).optional(),
  SMTP_FROM: z
    .string()
    .regex(
      /^(?:[^<>]*<[^\s@<>]+@[A-Za-z0-9.-]+>|[^\s@<>]+@[A-Za-z0-9.-]+)$/,
      "must be an address, such as Roster <roster@example.com>, and its domain in ASCII",
    )
    .refine((from) => lineFault(from) === undefined, { error: ({ input }) => lineFault(String(input)) ?? "" })
    .optional(),
  ROSTER_MAIL_DIR: z.string().min(1).optional(),
  ROSTER_SECRET_SCANNING_KEYS: z
    .string()
    .refine(isKeySource, "must be an https URL or the path of a file; http only on this machine itself")
    .optional(),
  ROSTER_CONTACT_URL: url(/^(https?|mailto)$/).optional(),
  ROSTER_PUBLIC_URL: url(/^https?$/).optional(),
  ROSTER_TRUSTED_PROXIES: z.string().default(""),
  ROSTER_LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(", ")}`).default("info"),
  ROSTER_RATE_LIMIT_PER_SECOND: z.coerce.number("must be a number").int().min(0).max(1_000_000).default(100),
});

/** The service's settings, as the environment has them. */
export interface Configuration {
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
  /** The folder of the embedded database and of what is generated for it. */
  readonly dataDir: string;
  /** PostgreSQL's; undefined is the embedded database. */
  readonly databaseUrl: string | undefined;
  readonly ownerToken: string | undefined;
  readonly peppers: string | undefined;
  readonly signingKeys: string | undefined;
  /** How plans are sold through Stripe; undefined where they aren't. */
  readonly stripe: StripeAccount | undefined;
  readonly smtpUrl: string | undefined;
  /** Whom mails are from. */
  readonly smtpFrom: string | undefined;
  /** Where mails are written without `smtpUrl`. */
  readonly mailDir: string;
  /** Where the public keys of secret scanners are: a URL or a path; undefined is that no reports are taken. */
  readonly secretScanningKeys: string | undefined;
  readonly contactUrl: string | undefined;
  /** Where people reach the service's pages, and the base of the links in mails; undefined is where it listens. */
  readonly publicUrl: string | undefined;
  /** Which proxies say where a request comes from. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: (typeof logLevels)[number];
  /** 0 is any number. */
  readonly rateLimitPerSecond: number;
}

/**
 * Reads the settings; an empty variable is an absent one.
 *
 * @throws ConfigurationError naming every wrong variable.
 */
export function readConfiguration(variables: NodeJS.ProcessEnv): Configuration {
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const result = environment.safeParse(present);
  if (!result.success) {
    // Never the value: it may be a token, or a URL with a password.
    const reasons = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new ConfigurationError(`${reasons.join("; ")}. Correct the environment and start again.`);
  }
  const { data } = result;
  const configuration: Configuration = {
    host: data.ROSTER_HOST,
    port: data.ROSTER_PORT,
    dataDir: data.ROSTER_DATA_DIR,
    databaseUrl: data.DATABASE_URL,
    ownerToken: data.ROSTER_OWNER_TOKEN,
    peppers: data.ROSTER_KEY_PEPPERS,
    signingKeys: data.ROSTER_SIGNING_KEYS,
    stripe: stripeOf(data),
    smtpUrl: data.SMTP_URL,
    smtpFrom: data.SMTP_FROM,
    mailDir: data.ROSTER_MAIL_DIR ?? join(data.ROSTER_DATA_DIR, "mail"),
    secretScanningKeys: data.ROSTER_SECRET_SCANNING_KEYS,
    contactUrl: data.ROSTER_CONTACT_URL,
    publicUrl: data.ROSTER_PUBLIC_URL,
    trustedProxies: data.ROSTER_TRUSTED_PROXIES.split(",").flatMap((each) => each.trim() || []),
    logLevel: data.ROSTER_LOG_LEVEL,
    rateLimitPerSecond: data.ROSTER_RATE_LIMIT_PER_SECOND,
  };
  if (data.SMTP_URL !== undefined && data.SMTP_FROM === undefined) {
    throw new ConfigurationError("SMTP_FROM: required where SMTP_URL is set, and missing. Set whom mails are from.");
  }
  if (configuration.databaseUrl !== undefined) refuseMissing(data);
  return configuration;
}

function stripeOf(data: z.infer<typeof environment>): StripeAccount | undefined {
  const { ROSTER_STRIPE_KEY: key, ROSTER_STRIPE_PRICES: prices, ROSTER_STRIPE_API_BASE: apiBase } = data;
  if (key !== undefined && prices !== undefined) return { key, prices, apiBase };
  if (key === undefined && prices === undefined) return undefined;
  const missing = key === undefined ? "ROSTER_STRIPE_KEY" : "ROSTER_STRIPE_PRICES";
  throw new ConfigurationError(`${missing}: required to sell plans through Stripe, and missing. Give both or neither.`);
}

/** Replicas on one PostgreSQL share their secrets, so that none of them can make its own. */
function refuseMissing(data: z.infer<typeof environment>): void {
  const required = ["ROSTER_OWNER_TOKEN", "ROSTER_KEY_PEPPERS", "ROSTER_SIGNING_KEYS"] as const;
  const missing = required.filter((name) => data[name] === undefined);
  if (missing.length === 0) return;
  throw new ConfigurationError(
    `${missing.join(", ")}: required where DATABASE_URL is set, and missing. ` +
      "Generate each once, keep it, and give every replica the same.",
  );
}
