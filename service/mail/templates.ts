/** Every mail that the service sends, in words and in one layout. */
import { asLine } from "roster-schema";
import type { LinkPurpose } from "../links.ts";

const maxReportedLength = 500;

/** A mail as it is sent. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What a mail names beside its link. */
export interface About {
  /** The organization's name; undefined where the mail is about no organization. */
  readonly organization?: string | undefined;
  /** The API key's name. */
  readonly key?: string | undefined;
}

interface Words {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** What the link is labelled with. */
  readonly button: string;
  /** What becomes of it when nothing is done. */
  readonly otherwise: string;
}

const words: { readonly [P in LinkPurpose]: (about: About) => Words } = {
  set_up: ({ organization }) => ({
    subject: organization === undefined ? "Set up your account" : `Set up your account for ${organization}`,
    paragraphs: [
      `${organization ?? "Somebody"} has made an account for you. Set it up to begin.`,
      "The account is personal: it is yours alone, and its password is shared with nobody.",
    ],
    button: "Set up your account",
    otherwise: "If you don't expect this, ignore it: without you the account stays unused.",
  }),
  membership: ({ organization = "An organization" }) => ({
    subject: `${organization} invites you`,
    paragraphs: [`${organization} invites you to become a member.`],
    button: "Accept the invitation",
    otherwise: "If you don't want this, ignore it: you become a member only by accepting.",
  }),
  assignment: ({ organization = "An organization", key = "" }) => ({
    subject: `${organization} gives you an API key`,
    paragraphs: [
      `${organization} wants to give you the use of its API key "${key}". You don't become a member by that.`,
      "This mail doesn't hold the key, and the service never mails one.",
    ],
    button: "Accept the key",
    otherwise: "If you don't want this, ignore it: nothing happens without you.",
  }),
  email_change: () => ({
    subject: "Confirm your new address",
    paragraphs: ["This is to become the address of your account. Until you confirm it, the present one stays."],
    button: "Confirm this address",
    otherwise: "If you don't know of this, ignore it: nothing changes.",
  }),
  password_reset: () => ({
    subject: "Choose a new password",
    paragraphs: ["A new password was asked for, for your account. Until you choose one, the present one works."],
    button: "Choose a new password",
    otherwise: "If you don't want this, ignore it: nothing changes.",
  }),
  sign_up: () => ({
    subject: "Confirm your address",
    paragraphs: ["Somebody, probably you, wants to make an account with this address."],
    button: "Make your account",
    otherwise: "If it wasn't you, ignore this: no account is made.",
  }),
};

/** The mail that carries a link. */
export function linkLetter(purpose: LinkPurpose, about: About, url: string, expiresAt: Date): Letter {
  const { subject, paragraphs, button, otherwise } = words[purpose](about);
  const until = `The link works once, until ${timeText(expiresAt)}.`;
  return letter(subject, [...paragraphs, { button, url }, until, otherwise]);
}

/** The mail that tells the present address of an account that another one is to take its place. */
export function addressChangeNotice(newEmail: string): Letter {
  const subject = "The address of your account is to change";
  const paragraphs = [
    `The address of your account is to become ${newEmail}, once that is confirmed there.`,
    "If you don't know of this, tell whoever manages your account. You need not do anything else.",
  ];
  return letter(subject, paragraphs);
}

/** The mail that answers a sign-up with an address that has an account; on the page nobody learns of it. */
export function accountExistsNotice(publicUrl: string): Letter {
  return letter("You have an account already", [
    "Somebody, probably you, wants to make an account with this address. There is one already.",
    `Log in at ${publicUrl}/log-in, or choose a new password at ${publicUrl}/forgot-password.`,
    "If it wasn't you, ignore this: nothing changes.",
  ]);
}

/** An account that nobody can log in to. */
export interface UnusableAccount {
  readonly status: "blocked" | "inactive";
  /** Whom to contact; undefined where nobody is named. */
  readonly contactUrl: string | undefined;
}

const remedies = {
  blocked: "Only the people who run this service can lift the block.",
  inactive: "Whoever manages the account, such as an administrator of your organization, can activate it again.",
} as const;

/** The mail that answers a sign-up with an address whose account nobody can log in to. */
export function accountUnusableNotice({ status, contactUrl }: UnusableAccount): Letter {
  const contact = contactUrl === undefined ? "" : ` Contact: ${contactUrl}`;
  return letter(`Your account is ${status}`, [
    "Somebody, probably you, wants to make an account with this address.",
    `The address has an account already, but it is ${status}: nobody can log in to it or change its password.`,
    `${remedies[status]}${contact}`,
    "If it wasn't you, ignore this: nothing changes.",
  ]);
}

/** What is told of a leaked API key. Where it was found is whatever the report says. */
export interface Leak {
  readonly organization: string;
  /** The key's name. */
  readonly key: string;
  readonly fingerprint: string;
  readonly url: string | undefined;
  readonly source: string | undefined;
}

/** The mail that tells an administrator that an API key was found where others can read it, and revoked. */
export function leakNotice({ organization, key, fingerprint, url, source }: Leak): Letter {
  const places = [reported(url), reported(source)].filter((place) => place !== "");
  return letter(`An API key of ${organization} has leaked and is revoked`, [
    `A secret scanner has found the API key "${key}" of ${organization} (fingerprint ${fingerprint}) where others can read it.`,
    places.length === 0 ? "The report doesn't say where." : `The report says where: ${places.join(", in: ")}`,
    "The key is revoked, with every secret that it has: nothing is accepted with it any more. Other keys go on working.",
    "Make another key, and give it to whatever used this one. Where a Pulumi stack declares the key, `pulumi up --refresh` replaces it.",
    "Take the old one away from where it was found, and see in the audit and in the date of its last use whether anybody else has used it.",
  ]);
}

/** What is told of a member whose home organization has deactivated the account. */
export interface Deactivation {
  /** The organization that is told. */
  readonly organization: string;
  /** The home organization. */
  readonly home: string;
  readonly email: string;
  /** The member's role in the organization that is told. */
  readonly role: string;
}

/** The mail that tells an administrator that a member's account was deactivated by its home organization. */
export function deactivationNotice({ organization, home, email, role }: Deactivation): Letter {
  return letter(`The account of a member of ${organization} was deactivated`, [
    `${home}, the home organization of ${email}, has deactivated this account. It is a member of ${organization} with the role ${role}.`,
    `The account can't log in any more, and the API keys that it owns in ${organization} have stopped working.`,
    `If ${organization} depends on this account, give its role to somebody else and replace its API keys. Remove the membership if you don't need it any more.`,
    `If nobody else administers ${organization}, contact whoever runs the service.`,
  ]);
}

/** Text of a report, which may be of any length. */
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
 * Every mail is made here. Its subject and each of its paragraphs are one line of visible characters, whatever they name: a
 * name from before that was asked of names begins no paragraph, or header, that passes for the service's own words.
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
  if (typeof content === "string") return `<p>${escapeHtml(content)}</p>`;
  return `<p><a href="${escapeHtml(content.url)}">${escapeHtml(content.button)}</a></p>`;
}

/** Nothing in it is loaded from elsewhere. */
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
