/** The settings of the service, read from environment variables. */
import { isIP } from "node:net";
import { join } from "node:path";
import { lineFault } from "roster-schema";
import { z } from "zod";
import { parsePrices, type StripeAccount } from "./billing.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { isKeySource } from "./keys/scanner-keys.ts";
import { logLevels } from "./log.ts";

/** A part of a URL that only some settings use; elsewhere it would be ignored or misplaced. */
type UrlPart = "user" | "path" | "query" | "fragment";

/**
 * A URL with a host, one of the schemes, and no parts that the setting doesn't use.
 *
 * @param example is shown in the message instead of the value, which may contain a password.
 */
function url(schemes: readonly string[], parts: readonly UrlPart[], example: string) {
  return z.string().check(({ value, issues }) => {
    const fault = urlFault(value, schemes, parts);
    if (fault === undefined) {
      return;
    }
    issues.push({ code: "custom", input: value, message: `must be a URL such as ${example}; it ${fault}` });
  });
}

function urlFault(text: string, schemes: readonly string[], parts: readonly UrlPart[]): string | undefined {
  if (!URL.canParse(text)) {
    return "is not a URL";
  }
  const { protocol, hostname, username, password, pathname } = new URL(text);
  if (!schemes.includes(protocol)) {
    return `doesn't begin with ${schemes.join(" or ")}`;
  }
  const hasHost = protocol !== "mailto:";
  // An empty query or fragment counts too, because text that is appended would become part of it.
  const has: Readonly<Record<UrlPart, boolean>> = {
    user: username !== "" || password !== "" || (hasHost && /^[^/]*\/\/[^/?#]*@/.test(text)),
    path: hasHost && pathname !== "" && pathname !== "/",
    query: /^[^#]*\?/.test(text),
    fragment: text.includes("#"),
  };
  const names = { user: "a user name or a password", path: "a path", query: "a query (?)", fragment: "a fragment (#)" };
  const unused = (["user", "path", "query", "fragment"] as const).find((part) => has[part] && !parts.includes(part));
  if (unused !== undefined) {
    return `has ${names[unused]}, which must be omitted`;
  }
  if (hasHost && hostname === "" && !parts.includes("path")) {
    return "has no host";
  }
  if (isUnspecified(hostname)) {
    return `has the host ${hostname}, which can't be reached: it stands for all addresses of a machine`;
  }
  return undefined;
}

/** Whether a host stands for all addresses of a machine: a server can listen there, but clients can't connect to it. */
export function isUnspecified(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, "");
  if (isIP(address) === 4) {
    return address === "0.0.0.0";
  }
  return isIP(address) === 6 && /^[0:]+(ffff:(0\.0\.0\.0|0+:0+))?$/i.test(address);
}

/** A whole number, written in digits only: `Number` converts an empty text to 0, which often has a special meaning. */
function wholeNumber(from: number, to: number) {
  const isIn = (text: string) => /^\d{1,9}$/.test(text) && Number(text) >= from && Number(text) <= to;
  return z.string().refine(isIn, `must be a whole number from ${from} to ${to}`).transform(Number);
}

/** A folder. Only a shell expands ~, and not if it is quoted. */
const folder = z.string().refine((path) => !/^~(\/|$)/.test(path), "must not begin with ~; write the path in full");

const contactUrl = url(
  ["https:", "http:", "mailto:"],
  ["path", "query", "fragment"],
  "https://example.com/contact",
).check(({ value, issues }) => {
  if (!/^mailto:/i.test(value) || /^mailto:[^\s@,?]+@[^\s@,?]+(\?.*)?$/i.test(value)) {
    return;
  }
  issues.push({ code: "custom", input: value, message: "must have one address, such as mailto:help@example.com" });
});

function isHost(text: string): boolean {
  return isIP(text) !== 0 || (/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?$/i.test(text) && !/^[\d.]+$/.test(text));
}

function isProxy(text: string): boolean {
  if (["loopback", "linklocal", "uniquelocal"].includes(text)) {
    return true;
  }
  const [address = "", network, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) {
    return false;
  }
  if (network === undefined || (version === 4 && isIP(network) === 4)) {
    return true;
  }
  return /^\d{1,3}$/.test(network) && Number(network) <= (version === 4 ? 32 : 128);
}

const environment = z.object({
  ROSTER_HOST: z
    .string()
    .refine(isHost, "must be an IP address or a host name, without a scheme, brackets or a port (set ROSTER_PORT)")
    .default("127.0.0.1"),
  ROSTER_PORT: wholeNumber(0, 65535).default(4680),
  ROSTER_DATA_DIR: folder.default("./.roster/service"),
  DATABASE_URL: url(
    ["postgres:", "postgresql:"],
    ["user", "path", "query"],
    "postgresql://user:password@db.example.com/roster (in a password, write # as %23)",
  ).optional(),
  ROSTER_OWNER_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]*$/, "must be printable ASCII without spaces")
    .min(16, "must have at least 16 characters; 256 random bits are recommended")
    .optional(),
  ROSTER_KEY_PEPPERS: z.string().optional(),
  ROSTER_SIGNING_KEYS: z.string().optional(),
  ROSTER_STRIPE_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces")
    .optional(),
  ROSTER_STRIPE_API_BASE: url(["https:", "http:"], ["path"], "https://api.stripe.com").optional(),
  ROSTER_STRIPE_PRICES: z
    .string()
    .transform((text, { addIssue }) => {
      const prices = parsePrices(text);
      if (prices === undefined) {
        addIssue("must list the price of each plan once, such as premium:price_…,enterprise:price_…");
      }
      return prices;
    })
    .optional(),
  SMTP_URL: url(
    ["smtp:", "smtps:"],
    ["user", "query"],
    "smtps://user:password@mail.example.com (in a password, write # as %23)",
  ).optional(),
  SMTP_FROM: z
    .string()
    .regex(
      // A comma starts the next address if the name is not in quotation marks.
      /^(("[^"\r\n]*"|[^<>",;:\r\n]*) *<[^\s@<>,;]+@[A-Za-z0-9.-]+>|[^\s@<>,;]+@[A-Za-z0-9.-]+)$/,
      'must be one address with its domain in ASCII, such as Roster <roster@example.com> or "Acme, Inc." <roster@example.com>',
    )
    .refine((from) => lineFault(from) === undefined, { error: ({ input }) => lineFault(String(input)) ?? "" })
    .optional(),
  ROSTER_MAIL_DIR: folder.optional(),
  ROSTER_SECRET_SCANNING_KEYS: z
    .string()
    .refine(isKeySource, "must be an https URL or the path of a file; http is allowed only for this machine")
    .optional(),
  ROSTER_CONTACT_URL: contactUrl.optional(),
  // Without a path, because the pages, their cookies and the logos are at the root of the host.
  ROSTER_PUBLIC_URL: url(["https:", "http:"], [], "https://roster.example.com").optional(),
  ROSTER_TRUSTED_PROXIES: z
    .string()
    .default("")
    .transform((text, { addIssue }) => {
      const proxies = text.split(",").flatMap((each) => each.trim() || []);
      if (!proxies.every(isProxy)) {
        addIssue("must list addresses or networks, such as 192.0.2.10,10.0.0.0/8");
      }
      return proxies;
    }),
  ROSTER_LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(", ")}`).default("info"),
  ROSTER_RATE_LIMIT_PER_SECOND: wholeNumber(0, 1_000_000).default(100),
});

/** The settings of the service. */
export interface Configuration {
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
  /** The folder of the embedded database and its generated secrets. */
  readonly dataDir: string;
  /** The URL of PostgreSQL; undefined means the embedded database. */
  readonly databaseUrl: string | undefined;
  readonly ownerToken: string | undefined;
  readonly peppers: string | undefined;
  readonly signingKeys: string | undefined;
  /** The account at Stripe; undefined if plans aren't sold through Stripe. */
  readonly stripe: StripeAccount | undefined;
  readonly smtpUrl: string | undefined;
  /** The sender of mails. */
  readonly smtpFrom: string | undefined;
  /** The folder for mails if `smtpUrl` is not set. */
  readonly mailDir: string;
  /** The URL or path of the public keys of secret scanners; undefined means that reports are not accepted. */
  readonly secretScanningKeys: string | undefined;
  readonly contactUrl: string | undefined;
  /** The address of the pages, and the base of links in mails; undefined means the address where the service listens. */
  readonly publicUrl: string | undefined;
  /** The proxies that are trusted to say where a request comes from. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: (typeof logLevels)[number];
  /** 0 means no limit. */
  readonly rateLimitPerSecond: number;
}

/**
 * Reads the settings; an empty variable counts as not set.
 *
 * @throws ConfigurationError that names every wrong variable.
 */
export function readConfiguration(variables: NodeJS.ProcessEnv): Configuration {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const result = environment.safeParse(given);
  const untidy = Object.keys(environment.shape).filter((name) => isUntidy(name, given[name]));
  if (!result.success || untidy.length > 0) {
    // Don't show values: they may be tokens, or URLs with passwords.
    const reasons = [
      ...untidy.map((name) => `${name}: must not begin or end with a space or a line break`),
      ...(result.error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`),
    ];
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
    trustedProxies: data.ROSTER_TRUSTED_PROXIES,
    logLevel: data.ROSTER_LOG_LEVEL,
    rateLimitPerSecond: data.ROSTER_RATE_LIMIT_PER_SECOND,
  };
  if (data.SMTP_URL !== undefined && data.SMTP_FROM === undefined) {
    throw new ConfigurationError("SMTP_FROM: is required if SMTP_URL is set. Set it to the sender of mails.");
  }
  if (configuration.databaseUrl !== undefined) {
    refuseMissing(data);
  }
  return configuration;
}

/** Whether a value has surrounding whitespace, such as a Windows line end; lists of keys come from files, and may have it. */
function isUntidy(name: string, value: string | undefined): boolean {
  return value !== undefined && value !== value.trim() && !["ROSTER_KEY_PEPPERS", "ROSTER_SIGNING_KEYS"].includes(name);
}

function stripeOf(data: z.infer<typeof environment>): StripeAccount | undefined {
  const { ROSTER_STRIPE_KEY: key, ROSTER_STRIPE_PRICES: prices, ROSTER_STRIPE_API_BASE: apiBase } = data;
  if (key !== undefined && prices !== undefined) {
    return { key, prices, apiBase };
  }
  if (key === undefined && prices === undefined) {
    return undefined;
  }
  const missing = key === undefined ? "ROSTER_STRIPE_KEY" : "ROSTER_STRIPE_PRICES";
  throw new ConfigurationError(`${missing}: is required to sell plans through Stripe. Set both variables or neither.`);
}

/** Replicas on one PostgreSQL database share their secrets, so none of them can generate its own. */
function refuseMissing(data: z.infer<typeof environment>): void {
  const required = ["ROSTER_OWNER_TOKEN", "ROSTER_KEY_PEPPERS", "ROSTER_SIGNING_KEYS"] as const;
  const missing = required.filter((name) => data[name] === undefined);
  if (missing.length === 0) {
    return;
  }
  throw new ConfigurationError(
    `${missing.join(", ")}: required if DATABASE_URL is set. ` +
      "Generate each value once, keep it, and use the same value for every replica.",
  );
}
