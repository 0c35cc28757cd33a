/** The settings of the service, read from environment variables. */
import { isIP } from "node:net";
import { join } from "node:path";
import { lineFault } from "roster-schema";
import { z } from "zod";
import { parsePrices, type StripeAccount } from "./billing.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { isKeySource } from "./keys/scanner-keys.ts";
import { logLevels } from "./log.ts";

/** What a URL may have that not every setting has a use for: what has none would be lost, or end up in the wrong place. */
type UrlPart = "user" | "path" | "query" | "fragment";

/**
 * A URL of certain schemes with a host, and with nothing that the setting has no use for.
 *
 * @param example in the message, never the value: it may hold a password.
 */
function url(schemes: readonly string[], parts: readonly UrlPart[], example: string) {
  return z.string().check(({ value, issues }) => {
    const fault = urlFault(value, schemes, parts);
    if (fault === undefined) return;
    issues.push({ code: "custom", input: value, message: `must be a URL such as ${example}, and ${fault}` });
  });
}

function urlFault(text: string, schemes: readonly string[], parts: readonly UrlPart[]): string | undefined {
  if (!URL.canParse(text)) return "is not one";
  const { protocol, hostname, username, password, pathname } = new URL(text);
  if (!schemes.includes(protocol)) return `begins with none of ${schemes.join(", ")}`;
  const hasHost = protocol !== "mailto:";
  // An empty query or fragment, too: what follows in a link would become a part of it.
  const has: Readonly<Record<UrlPart, boolean>> = {
    user: username !== "" || password !== "" || (hasHost && /^[^/]*\/\/[^/?#]*@/.test(text)),
    path: hasHost && pathname !== "" && pathname !== "/",
    query: /^[^#]*\?/.test(text),
    fragment: text.includes("#"),
  };
  const names = { user: "a user name or a password", path: "a path", query: "a query (?)", fragment: "a fragment (#)" };
  const unused = (["user", "path", "query", "fragment"] as const).find((part) => has[part] && !parts.includes(part));
  if (unused !== undefined) return `has ${names[unused]}, which must be left out`;
  if (hasHost && hostname === "" && !parts.includes("path")) return "names no host";
  if (isUnspecified(hostname))
    return `has the host ${hostname}, which nobody can reach: it stands for all addresses that a service listens at`;
  return undefined;
}

/** Whether a host stands for every address of a machine: one can listen there, and nobody can be reached there. */
export function isUnspecified(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, "");
  if (isIP(address) === 4) return address === "0.0.0.0";
  return isIP(address) === 6 && /^[0:]+(ffff:(0\.0\.0\.0|0+:0+))?$/i.test(address);
}

/** A whole number in digits alone: `Number` takes an empty text for 0, and 0 often means something special. */
function wholeNumber(from: number, to: number) {
  const isIn = (text: string) => /^\d{1,9}$/.test(text) && Number(text) >= from && Number(text) <= to;
  return z.string().refine(isIn, `must be a whole number from ${from} to ${to}`).transform(Number);
}

/** A folder. Nothing but a shell knows what ~ means, and quoted it gets here as it is. */
const folder = z.string().refine((path) => !/^~(\/|$)/.test(path), "must not begin with ~; write the path in full");

const contactUrl = url(
  ["https:", "http:", "mailto:"],
  ["path", "query", "fragment"],
  "https://example.com/contact",
).check(({ value, issues }) => {
  if (!/^mailto:/i.test(value) || /^mailto:[^\s@,?]+@[^\s@,?]+(\?.*)?$/i.test(value)) return;
  issues.push({ code: "custom", input: value, message: "must have one address, as mailto:help@example.com" });
});

function isHost(text: string): boolean {
  return isIP(text) !== 0 || (/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?$/i.test(text) && !/^[\d.]+$/.test(text));
}

function isProxy(text: string): boolean {
  if (["loopback", "linklocal", "uniquelocal"].includes(text)) return true;
  const [address = "", network, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  if (network === undefined || (version === 4 && isIP(network) === 4)) return true;
  return /^\d{1,3}$/.test(network) && Number(network) <= (version === 4 ? 32 : 128);
}

const environment = z.object({
  ROSTER_HOST: z
    .string()
    .refine(isHost, "must be an address or a host name by itself, without a scheme, brackets or a port (ROSTER_PORT)")
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
    .min(16, "must have at least 16 characters; better 256 random bits")
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
      if (prices === undefined)
        addIssue("must name the price of each plan once, as premium:price_…,enterprise:price_…");
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
      // A comma begins the next address, unless the name is in quotation marks.
      /^(("[^"\r\n]*"|[^<>",;:\r\n]*) *<[^\s@<>,;]+@[A-Za-z0-9.-]+>|[^\s@<>,;]+@[A-Za-z0-9.-]+)$/,
      'must be one address with its domain in ASCII, such as Roster <roster@example.com> or "Acme, Inc." <roster@example.com>',
    )
    .refine((from) => lineFault(from) === undefined, { error: ({ input }) => lineFault(String(input)) ?? "" })
    .optional(),
  ROSTER_MAIL_DIR: folder.optional(),
  ROSTER_SECRET_SCANNING_KEYS: z
    .string()
    .refine(isKeySource, "must be an https URL or the path of a file; http only on this machine itself")
    .optional(),
  ROSTER_CONTACT_URL: contactUrl.optional(),
  // Without a path: pages, their cookies and the API's logos live at the root of a host.
  ROSTER_PUBLIC_URL: url(["https:", "http:"], [], "https://roster.example.com").optional(),
  ROSTER_TRUSTED_PROXIES: z
    .string()
    .default("")
    .transform((text, { addIssue }) => {
      const proxies = text.split(",").flatMap((each) => each.trim() || []);
      if (!proxies.every(isProxy)) addIssue("must list addresses or networks, as 192.0.2.10,10.0.0.0/8");
      return proxies;
    }),
  ROSTER_LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(", ")}`).default("info"),
  ROSTER_RATE_LIMIT_PER_SECOND: wholeNumber(0, 1_000_000).default(100),
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
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const result = environment.safeParse(given);
  const untidy = Object.keys(environment.shape).filter((name) => isUntidy(name, given[name]));
  if (!result.success || untidy.length > 0) {
    // Never the value: it may be a token, or a URL with a password.
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
    throw new ConfigurationError("SMTP_FROM: required where SMTP_URL is set, and missing. Set whom mails are from.");
  }
  if (configuration.databaseUrl !== undefined) refuseMissing(data);
  return configuration;
}

/** Such as a file of Windows leaves at the end of each line; lists of keys are read from files, and may have it. */
function isUntidy(name: string, value: string | undefined): boolean {
  return value !== undefined && value !== value.trim() && !["ROSTER_KEY_PEPPERS", "ROSTER_SIGNING_KEYS"].includes(name);
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
