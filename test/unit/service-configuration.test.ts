/** The service's settings: what would give nonsense later is refused at the start. */
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isUnspecified, readConfiguration } from "../../service/configuration.ts";
import { ConfigurationError } from "../../service/configuration-error.ts";
import { openDataDirectory } from "../../service/data-directory.ts";
import { temporaryFolder } from "../temporary-folder.ts";

function failureOf(variables: NodeJS.ProcessEnv): string {
  try {
    readConfiguration(variables);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as ConfigurationError).message;
  }
  throw new Error(`it was accepted: ${JSON.stringify(variables)}`);
}

test.each([
  ["ROSTER_PUBLIC_URL", "https://intra.example/roster/", /has a path, which must be omitted/],
  ["ROSTER_PUBLIC_URL", "https://intra.example/?x=1", /has a query/],
  ["ROSTER_PUBLIC_URL", "https://intra.example?", /has a query/],
  ["ROSTER_PUBLIC_URL", "https://intra.example/#top", /has a fragment/],
  ["ROSTER_PUBLIC_URL", "https://intra.example/#", /has a fragment/],
  ["ROSTER_PUBLIC_URL", "https://user:hunter2@intra.example", /has a user name or a password/],
  ["ROSTER_PUBLIC_URL", "https://hunter2@intra.example", /has a user name or a password/],
  ["ROSTER_PUBLIC_URL", "ftp://intra.example", /doesn't begin with https: or http:/],
  ["ROSTER_PUBLIC_URL", "intra.example", /such as https:\/\/roster\.example\.com/],
  ["ROSTER_PUBLIC_URL", "http://0.0.0.0:4680", /which can't be reached/],
  ["ROSTER_PUBLIC_URL", "http://[::]:4680", /which can't be reached/],
  ["ROSTER_PUBLIC_URL", "http://0", /which can't be reached/],
  ["ROSTER_CONTACT_URL", "https://user:hunter2@example.com", /has a user name or a password/],
  ["ROSTER_CONTACT_URL", "javascript:alert(1)", /doesn't begin with/],
  ["ROSTER_CONTACT_URL", "mailto:", /one address/],
  ["ROSTER_CONTACT_URL", "mailto:help", /one address/],
  ["ROSTER_STRIPE_API_BASE", "https://api.stripe.com/?hunter2", /has a query/],
  ["SMTP_URL", "smtp://mail.example.com/relay", /has a path/],
  ["SMTP_URL", "smtp://user:hunt#er2@mail.example.com", /in a password, write # as %23/],
  ["SMTP_URL", "smtp://", /has no host/],
  ["SMTP_URL", "https://mail.example.com", /doesn't begin with smtp: or smtps:/],
  ["SMTP_FROM", "Acme, Inc. <roster@example.com>", /one address/],
  ["SMTP_FROM", "a@example.com, b@example.com", /one address/],
  ["DATABASE_URL", "postgresql://user:hunt#er2@db.example.com/roster", /in a password, write # as %23/],
  ["ROSTER_HOST", "http://127.0.0.1", /an IP address or a host name, without a scheme/],
  ["ROSTER_HOST", "127.0.0.1:4680", /ROSTER_PORT/],
  ["ROSTER_HOST", "[::1]", /without a scheme, brackets/],
  ["ROSTER_HOST", "300.1.1.1", /an IP address or a host name/],
  ["ROSTER_PORT", "tcp://10.0.0.1:4680", /a whole number from 0 to 65535/],
  ["ROSTER_PORT", "0x50", /a whole number/],
  ["ROSTER_PORT", "65536", /a whole number/],
  // It would be 0, which is any free port.
  ["ROSTER_PORT", " ", /a whole number/],
  // It would be 0, which is no limit.
  ["ROSTER_RATE_LIMIT_PER_SECOND", " ", /a whole number from 0 to 1000000/],
  ["ROSTER_RATE_LIMIT_PER_SECOND", "1e3", /a whole number/],
  ["ROSTER_RATE_LIMIT_PER_SECOND", "-1", /a whole number/],
  ["ROSTER_DATA_DIR", "~/roster", /must not begin with ~/],
  ["ROSTER_DATA_DIR", "/var/lib/roster\r", /must not begin or end with a space or a line break/],
  ["ROSTER_MAIL_DIR", "~", /must not begin with ~/],
  ["ROSTER_OWNER_TOKEN", "hunter2hunter2hunter2\n", /line break/],
  ["ROSTER_TRUSTED_PROXIES", "192.0.2.10,proxy.example", /addresses or networks/],
  ["ROSTER_TRUSTED_PROXIES", "10.0.0.0/33", /addresses or networks/],
  ["ROSTER_TRUSTED_PROXIES", "192.0.2.10:443", /addresses or networks/],
])("%s %j is refused by name, with what to do and without a secret", (name, value, message) => {
  const failure = failureOf({ [name]: value });
  expect(failure).toMatch(new RegExp(`^${name}: .*Correct the environment and start again\\.$`));
  expect(failure).toMatch(message);
  expect(failure).not.toMatch(/hunt/);
});

test.each([
  { ROSTER_PUBLIC_URL: "https://roster.example.com/" },
  { ROSTER_PUBLIC_URL: "http://192.0.2.1:4680" },
  { ROSTER_CONTACT_URL: "mailto:help@example.com?subject=Roster" },
  { ROSTER_CONTACT_URL: "https://example.com/contact?from=roster#form" },
  { SMTP_URL: "smtps://user:p%23ss@mail.example.com:465?pool=true", SMTP_FROM: '"Acme, Inc." <roster@example.com>' },
  { SMTP_URL: "smtp://[::1]:25/", SMTP_FROM: "roster@localhost" },
  { ROSTER_STRIPE_API_BASE: "http://127.0.0.1:12111/prefix" },
  { ROSTER_HOST: "0.0.0.0" },
  { ROSTER_HOST: "::" },
  { ROSTER_HOST: "roster-1.internal" },
  { ROSTER_PORT: "0", ROSTER_RATE_LIMIT_PER_SECOND: "0" },
  { ROSTER_TRUSTED_PROXIES: "192.0.2.10, 10.0.0.0/8,2001:db8::/48,loopback,10.0.0.0/255.0.0.0" },
  { ROSTER_KEY_PEPPERS: "v1:as-a-file-has-it\n" },
])("%j is accepted", (variables) => {
  expect(() => readConfiguration(variables)).not.toThrow();
});

test("an address at which one listens and nobody can be reached is told from others", () => {
  expect(["0.0.0.0", "::", "[::]", "0:0:0:0:0:0:0:0"].map(isUnspecified)).toEqual([true, true, true, true]);
  expect(["127.0.0.1", "::1", "[::1]", "localhost", "10.0.0.0"].filter(isUnspecified)).toEqual([]);
});

test("T10 a secret's file that is empty is no secret, and no new one is made in its place", async () => {
  const folder = temporaryFolder();
  const directory = await openDataDirectory(folder);
  writeFileSync(directory.file("owner-token"), "\n");
  const failure = directory.keep("owner-token", () => "another");
  await expect(failure).rejects.toBeInstanceOf(ConfigurationError);
  await expect(failure).rejects.toThrow(/^ROSTER_DATA_DIR: .+owner-token is empty\. Restore its content/);
});
