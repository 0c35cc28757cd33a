/** The fields and the checks of the forms for accounts and passwords. */

import { characterCount, emailFault, lineFault } from "roster-schema";
import { maxFailedLogIns } from "../auth/attempts.ts";
import type { Names } from "../objects/users/resource.ts";
import { html, type Markup } from "./html.ts";
import { type Faults, field, radios } from "./layout.ts";
import { type Home, powersOf } from "./link-preview.ts";
import { minPasswordLength, passwordFault } from "./passwords.ts";
import { textOf } from "./site.ts";

const maxNameLength = 200;
const maxEmailLength = 254;

/** The entries of the account form. */
export interface AccountEntries {
  readonly names: Names;
  readonly password: string;
  /** Whether the account should be the person's own; true by default. */
  readonly isOwn: boolean;
}

/** The fields for a person's names. */
export function nameFields(faults: Faults, names: Names): Markup {
  return html`${field(faults, {
    name: "givenName",
    label: "Given name",
    autocomplete: "given-name",
    value: names.givenName,
  })}
${field(faults, {
  name: "familyName",
  label: "Family name",
  autocomplete: "family-name",
  value: names.familyName,
  isOptional: true,
})}`;
}

/** Reads the fields for a person's names, and checks them. */
export function readNames(body: unknown): { readonly names: Names; readonly faults: Faults } {
  const [givenName, familyName] = [textOf(body, "givenName").trim(), textOf(body, "familyName").trim()];
  const [givenNameFault, familyNameFault] = [nameFault(givenName), nameFault(familyName)];
  return {
    names: { givenName: givenName || null, familyName: familyName || null },
    faults: {
      ...(givenNameFault !== undefined && { givenName: givenNameFault }),
      ...(givenName === "" && { givenName: "Enter your given name." }),
      ...(familyName !== "" && familyNameFault !== undefined && { familyName: familyNameFault }),
    },
  };
}

/** The fields that complete an account: names, password and the rule. */
export function accountFields(faults: Faults, email: string, names: Names): Markup {
  return html`${nameFields(faults, names)}
${passwordFields(faults, email)}
<fieldset>
<legend>One person, one account</legend>
<p id="rule">This account is yours alone. Don't share it or its password with anybody, colleagues included: each person has
an account of their own. The account is blocked after ${maxFailedLogIns} failed log-ins within an hour, and for misuse. Your organization is responsible
for shared logins.</p>
<div class="field check">
<input type="checkbox" id="rule-accepted" name="rule-accepted" value="yes" required aria-describedby="rule${
    faults["rule-accepted"] !== undefined && " rule-accepted-fault"
  }"${faults["rule-accepted"] !== undefined && html` aria-invalid="true"`}>
<label for="rule-accepted">I accept this rule</label>
${
  faults["rule-accepted"] !== undefined &&
  html`<p class="wrong" id="rule-accepted-fault">${faults["rule-accepted"]}</p>`
}
</div>
</fieldset>`;
}

/** The choice between an own account and the one that an organization created for the address. */
export function ownershipFields(home: Home, isOwn = true): Markup {
  const choices = [
    {
      value: "own",
      label: "An account of my own",
      hint: `No organization manages it. You can still be a member of ${home.name}.`,
    },
    { value: "organization", label: `The account that ${home.name} created`, hint: powersOf(home) },
  ];
  return html`<p>${home.name} created an account for this address.</p>
${radios({ name: "account", legend: "Whose account is it?", value: isOwn ? "own" : "organization", choices })}
`;
}

/** The fields for a new password, twice, with the address for password managers. */
export function passwordFields(faults: Faults, email: string): Markup {
  return html`${usernameField(email)}
${field(faults, {
  name: "password",
  label: "New password",
  type: "password",
  autocomplete: "new-password",
  hint: `At least ${minPasswordLength} characters; spaces are allowed. A few unrelated words are easier to remember than symbols.`,
})}
${field(faults, {
  name: "password-again",
  label: "Confirm password",
  type: "password",
  autocomplete: "new-password",
})}`;
}

/** The address of the account, which can't be changed here, for password managers. */
export function usernameField(email: string): Markup {
  return field(
    {},
    {
      name: "username",
      label: "E-mail address",
      type: "email",
      autocomplete: "username",
      value: email,
      isReadOnly: true,
    },
  );
}

/** The field for the current password. */
export function currentPasswordField(faults: Faults): Markup {
  return field(faults, {
    name: "password",
    label: "Password",
    type: "password",
    autocomplete: "current-password",
  });
}

/** Reads the entries of the account form, and checks them. */
export function readAccount(body: unknown, email: string): { entries: AccountEntries; faults: Faults } {
  const { names, faults: nameFaults } = readNames(body);
  const password = readNewPassword(body, email, names);
  const faults = {
    ...nameFaults,
    ...password.faults,
    ...(textOf(body, "rule-accepted") !== "yes" && {
      "rule-accepted": "Accept the rule to get an account.",
    }),
  };
  const isOwn = textOf(body, "account") !== "organization";
  return { entries: { names, password: password.password, isOwn }, faults };
}

/** What is wrong with a name, for the form; undefined if nothing is. */
export function nameFault(name: string): string | undefined {
  if (characterCount(name) > maxNameLength) {
    return `The name must have at most ${maxNameLength} characters.`;
  }
  const fault = lineFault(name);
  return fault && `The name ${fault}.`;
}

/** Reads a new password, and checks it. */
export function readNewPassword(body: unknown, email: string, names: Names): { password: string; faults: Faults } {
  const password = textOf(body, "password");
  const fault = passwordFault(password, [...email.split("@"), names.givenName, names.familyName]);
  if (fault !== undefined) {
    return { password, faults: { password: fault } };
  }
  if (password === textOf(body, "password-again")) {
    return { password, faults: {} };
  }
  return { password, faults: { "password-again": "The passwords don't match. Enter both again." } };
}

/** Reads an email address, and checks it. */
export function readEmail(body: unknown): { email: string; fault: string | undefined } {
  const email = textOf(body, "email").replaceAll(/^[ \t]+|[ \t]+$/g, "");
  if (characterCount(email) > maxEmailLength) {
    return { email, fault: `The address must have at most ${maxEmailLength} characters.` };
  }
  const fault = emailFault(email);
  return { email, fault: fault && `The address ${fault}.` };
}
