/** The list of migrations. */
import type { Migration } from "kysely/migration";
import * as core from "./0001-core.ts";
import * as takeOver from "./0002-take-over.ts";
import * as adoption from "./0003-adoption.ts";
import * as links from "./0004-links.ts";
import * as messages from "./0005-messages.ts";
import * as logoBilling from "./0006-logo-billing.ts";
import * as mail from "./0007-mail.ts";
import * as people from "./0008-people.ts";
import * as auditChain from "./0009-audit-chain.ts";
import * as allowedIps from "./0011-allowed-ips.ts";
import * as rotation from "./0012-rotation.ts";
import * as secretRun from "./0013-secret-run.ts";
import * as company from "./0014-company.ts";
import * as identity from "./0015-identity.ts";
import * as runs from "./0016-runs.ts";
import * as linkRequesters from "./0017-link-requesters.ts";
import * as mailAudience from "./0018-mail-audience.ts";
import * as mailAllowances from "./0019-mail-allowances.ts";
import * as textAndTimes from "./0020-text-and-times.ts";
import * as accessTokens from "./0021-access-tokens.ts";
import * as organizationProfiles from "./0022-organization-profiles.ts";
import * as waitingAssignments from "./0023-waiting-assignments.ts";

/** Every migration by name, in order; never change a released migration. */
export const migrations: Record<string, Migration> = {
  "0001-core": core,
  "0002-take-over": takeOver,
  "0003-adoption": adoption,
  "0004-links": links,
  "0005-messages": messages,
  "0006-logo-billing": logoBilling,
  "0007-mail": mail,
  "0008-people": people,
  "0009-audit-chain": auditChain,
  "0011-allowed-ips": allowedIps,
  "0012-rotation": rotation,
  "0013-secret-run": secretRun,
  "0014-company": company,
  "0015-identity": identity,
  "0016-runs": runs,
  "0017-link-requesters": linkRequesters,
  "0018-mail-audience": mailAudience,
  "0019-mail-allowances": mailAllowances,
  "0020-text-and-times": textAndTimes,
  "0021-access-tokens": accessTokens,
  "0022-organization-profiles": organizationProfiles,
  "0023-waiting-assignments": waitingAssignments,
};
