/** The texts and the layout of every mail that the service sends. */
import { asLine } from "roster-schema";
import type { LinkPurpose } from "../rows/tables.ts";

const maxReportedLength = 500;

/** The subject and body of a mail. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Names that a mail contains. */
export interface About {
  /** The organization's name; undefined if the mail isn't about an organization. */
  readonly organization?: string | undefined;
  /** The API key's name. */
  readonly key?: string | undefined;
}

interface Words {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** The label of the link. */
  readonly button: string;
  /** What happens if the person does nothing. */
  readonly otherwise: string;
}

const words: { readonly [P in LinkPurpose]: (about: About) => Words } = {
  set_up: ({ organization }) => ({
    subject: organization === undefined ? "Set up your account" : `Set up your account for ${organization}`,
    paragraphs: [
      `${organization ?? "Somebody"} created an account for you. Set it up to get started.`,
      "The account is personal: it is yours alone. Don't share its password with anybody.",
    ],
    button: "Set up your account",
    otherwise:
      "If you weren't expecting this, you can ignore this email. The account stays unused until you set it up.",
  }),
  membership: ({ organization = "An organization" }) => ({
    subject: `${organization} invites you`,
    paragraphs: [`${organization} invites you to become a member.`],
    button: "Accept the invitation",
    otherwise: "If you don't want to join, you can ignore this email. You become a member only if you accept.",
  }),
  assignment: ({ organization = "An organization", key = "" }) => ({
    subject: `${organization} offers you an API key`,
    paragraphs: [
      `${organization} invites you to use its API key "${key}". Accepting it doesn't make you a member.`,
      "This email doesn't contain the key. The service never emails API keys.",
    ],
    button: "Accept the key",
    otherwise: "If you don't want the key, you can ignore this email. You get the key only if you accept.",
  }),
  email_change: () => ({
    subject: "Confirm your new address",
    paragraphs: [
      "Confirm that this is your account's new address. Until you do, your account keeps its current address.",
    ],
    button: "Confirm this address",
    otherwise: "If you don't recognize this change, you can ignore this email. Nothing changes.",
  }),
  password_reset: () => ({
    subject: "Choose a new password",
    paragraphs: [
      "Somebody asked for a new password for your account. Your current password works until you choose a new one.",
    ],
    button: "Choose a new password",
    otherwise: "If you don't want a new password, you can ignore this email. Nothing changes.",
  }),
  sign_up: () => ({
    subject: "Confirm your address",
    paragraphs: ["Somebody, probably you, asked to create an account with this address."],
    button: "Create your account",
    otherwise: "If it wasn't you, you can ignore this email. No account is created.",
  }),
};

/** The mail that carries a link. */
export function linkLetter(purpose: LinkPurpose, about: About, url: string, expiresAt: Date): Letter {
  const { subject, paragraphs, button, otherwise } = words[purpose](about);
  const until = `The link works once, until ${timeText(expiresAt)}.`;
  return letter(subject, [...paragraphs, { button, url }, until, otherwise]);
}

/** The mail that notifies the current address of an account that a new one is waiting for confirmation. */
export function addressChangeNotice(newEmail: string): Letter {
  const subject = "The address of your account is about to change";
  const paragraphs = [
    `The address of your account becomes ${newEmail} as soon as that address is confirmed.`,
    "If you don't recognize this change, contact the people who manage your account. Otherwise, you don't need to do anything.",
  ];
  return letter(subject, paragraphs);
}

/** The mail for a sign-up with an address that already has an account; the page doesn't reveal this. */
export function accountExistsNotice(publicUrl: string): Letter {
  return letter("You already have an account", [
    "Somebody, probably you, asked to create an account with this address. The address already has one.",
    `Log in at ${publicUrl}/log-in, or choose a new password at ${publicUrl}/forgot-password.`,
    "If it wasn't you, you can ignore this email. Nothing changes.",
  ]);
}

/** An account that nobody can log in to. */
export interface UnusableAccount {
  readonly status: "blocked" | "inactive";
  /** The contact; undefined if none is configured. */
  readonly contactUrl: string | undefined;
}

const remedies = {
  blocked: "Only the people who run this service can lift the block.",
  inactive: "The people who manage the account, such as an administrator of your organization, can activate it again.",
} as const;

/** The mail for a sign-up with an address whose account can't be used. */
export function accountUnusableNotice({ status, contactUrl }: UnusableAccount): Letter {
  const contact = contactUrl === undefined ? "" : ` Contact: ${contactUrl}`;
  return letter(`Your account is ${status}`, [
    "Somebody, probably you, asked to create an account with this address.",
    `The address already has an account, but it is ${status}: nobody can log in to it or change its password.`,
    `${remedies[status]}${contact}`,
    "If it wasn't you, you can ignore this email. Nothing changes.",
  ]);
}

/** Where a report says that a secret was found. */
export interface LeakPlace {
  readonly url: string | undefined;
  readonly source: string | undefined;
}

/** The content of the mail about a leaked API key, or a leaked access token of a system user. */
export interface Leak extends LeakPlace {
  readonly organization: string;
  /** What leaked, such as `API key`. */
  readonly noun: string;
  /** Its name. */
  readonly name: string;
  readonly fingerprint: string;
}

/** The mail that tells an administrator that an API key or an access token leaked and was revoked. */
export function leakNotice({ organization, noun, name, fingerprint, ...place }: Leak): Letter {
  return letter(`An ${noun} of ${organization} leaked and has been revoked`, [
    `A secret scanner found the ${noun} "${name}" of ${organization} (fingerprint ${fingerprint}) where others can read it.`,
    placeText(place),
    `The ${noun} and all its secrets have been revoked: the service no longer accepts them. Others continue to work.`,
    `Create another one, and replace this one with it wherever it is used. If a Pulumi stack declares the ${noun}, \`pulumi up --refresh\` replaces it.`,
    "Remove the old one from where it was found. The audit and the date of its last use show whether anybody else has used it.",
  ]);
}

/** The mail that tells a person that an access token of theirs leaked and has ended. */
export function tokenLeakNotice({ name, ...place }: LeakPlace & { readonly name: string }): Letter {
  return letter("An access token of yours leaked and has ended", [
    `A secret scanner found your access token "${name}" where others can read it.`,
    placeText(place),
    "The token has ended: the service no longer accepts it. Your other tokens continue to work.",
    "If you need it, make another one, or log in again. Remove the old one from where it was found. The page of your tokens shows when it was last used, so that you see whether anybody else has used it.",
  ]);
}

function placeText({ url, source }: LeakPlace): string {
  const places = [reported(url), reported(source)].filter((place) => place !== "");
  return places.length === 0 ? "The report doesn't say where." : `The report says where: ${places.join(", in: ")}`;
}

/** The content of the mail about a deactivated member. */
export interface Deactivation {
  /** The organization whose administrators get the mail. */
  readonly organization: string;
  /** The home organization. */
  readonly home: string;
  readonly email: string;
  /** The member's role in it. */
  readonly role: string;
}

/** The mail that tells an administrator that a member's account was deactivated by its home organization. */
export function deactivationNotice({ organization, home, email, role }: Deactivation): Letter {
  return letter(`The account of a member of ${organization} was deactivated`, [
    `${home}, the home organization of ${email}, has deactivated this account. It is a member of ${organization} with the role ${role}.`,
    `The account can't log in any more, and the API keys that it owns in ${organization} have stopped working.`,
    `If ${organization} depends on this account, give its role to somebody else and replace its API keys. Remove the membership if you don't need it any more.`,
    `If nobody else administers ${organization}, contact the people who run this service.`,
  ]);
}

const blockReasons = {
  failed_logins:
    "Somebody entered a wrong password for it too often. Nobody can log in until the block is lifted; API keys and access tokens keep working.",
  misuse:
    "The people who run this service blocked it for misuse. Nobody can log in, its API keys don't work, and its access tokens have ended.",
} as const;

/** The mail that tells a person that the account is blocked. */
export function blockNotice(reason: keyof typeof blockReasons, contactUrl: string | undefined): Letter {
  const contact = contactUrl === undefined ? "" : ` Contact: ${contactUrl}`;
  return letter("Your account is blocked", [
    "Your account on this service is blocked.",
    blockReasons[reason],
    `${remedies.blocked}${contact}`,
  ]);
}

/** The mail that tells a person that an access token of theirs acts as the service owner. */
export function ownerTokenNotice({ name, expiresAt }: { readonly name: string; readonly expiresAt: Date }): Letter {
  return letter("An access token of yours can do everything on this service", [
    `The access token "${name}" now acts with your system role super_admin, in every organization, until ${timeText(expiresAt)}.`,
    "If it wasn't you, end the token on the page of your account, change your password, and tell the other people who run this service.",
  ]);
}

/** A text of a report, shortened if it is long. */
function reported(text = ""): string {
  const characters = [...asLine(text)];
  return characters.length > maxReportedLength
    ? `${characters.slice(0, maxReportedLength).join("")}…`
    : characters.join("");
}

/** A link in a paragraph of its own. */
interface LinkParagraph {
  readonly button: string;
  readonly url: string;
}

/**
 * Creates a mail. The subject and each paragraph are single lines of visible characters, so that a name that was stored
 * before names were checked can't inject a paragraph or a header.
 */
function letter(subject: string, paragraphs: readonly (string | LinkParagraph)[]): Letter {
  const lines = paragraphs.map((each) => (typeof each === "string" ? asLine(each) : each));
  return {
    subject: asLine(subject),
    text: `${lines.map((each) => (typeof each === "string" ? each : `${each.button}:\n${each.url}`)).join("\n\n")}\n`,
    html: layout(asLine(subject), lines.map(paragraph)),
  };
}

function paragraph(content: string | LinkParagraph): string {
  if (typeof content === "string") {
    return `<p>${escapeHtml(content)}</p>`;
  }
  return `<p><a href="${escapeHtml(content.url)}">${escapeHtml(content.button)}</a></p>`;
}

/** The HTML layout, which loads nothing from elsewhere. */
function layout(title: string, paragraphs: readonly string[]): string {
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    `<title>${escapeHtml(title)}</title></head>`,
    '<body style="font-family: sans-serif; line-height: 1.5; max-width: 36rem; margin: 2rem auto; padding: 0 1rem">',
    ...paragraphs,
    "</body></html>",
    "",
  ].join("\n");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
