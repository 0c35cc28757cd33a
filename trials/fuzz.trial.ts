/**
 * Bad input to the API: requests are made out of the contract, such as it allows and such as it doesn't, and sent to every
 * operation as each of four principals. No answer is a 5xx, none has a status, header, media type or body that the
 * contract doesn't have for it, and what the contract doesn't allow is refused.
 *
 * It takes Python and PyPI, so that a short run leaves it out: see scripts/trials.mjs.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll } from "vitest";
import { setUpSchemathesis } from "../scripts/setup/schemathesis.mjs";
import { contract } from "../test/contract/support/contract.ts";
import { publishedBy, scanner } from "../test/contract/support/scanner.ts";
import { Service } from "../test/e2e/service.ts";
import { populate } from "./population.ts";
import { type Findings, fuzz } from "./schemathesis.ts";
import { trial } from "./trial.ts";

const folder = mkdtempSync(path.join(tmpdir(), "roster-scanner-"));
const scannerKeys = path.join(folder, "keys.json");
beforeAll(() => writeFileSync(scannerKeys, publishedBy(scanner)));
afterAll(() => rmSync(folder, { recursive: true }));

const principals = ["owner", "administrator", "viewer", "anonymous"] as const;

/** Each on a service of its own: what one has destroyed is there for the next. */
async function fuzzAs(python: string, principal: (typeof principals)[number], seed: number): Promise<Findings> {
  const service = new Service({ ROSTER_RATE_LIMIT_PER_SECOND: "0", ROSTER_SECRET_SCANNING_KEYS: scannerKeys });
  await service.start();
  try {
    const { ids, closable, tokens } = await populate(service);
    const { organization, user, role, membership, apiKey, assignment } = ids;
    const identifiers = {
      "path.organizationId": organization,
      "path.userId": user,
      "path.roleId": role,
      "path.membershipId": membership,
      "path.apiKeyId": apiKey,
      "path.assignmentId": assignment,
      "body.homeOrganization": organization,
      "body.user": user,
      "body.owner": user,
      "body.role": [...role, "viewer"],
    };
    const { [principal]: token } = { owner: service.token, anonymous: undefined, ...tokens };
    return await fuzz(python, { endpoint: service.endpoint, token, identifiers, closable }, seed);
  } finally {
    await service.stop();
  }
}

trial({
  id: "fuzz",
  title: "what is made up out of the contract, as four principals, to every operation, is answered as it says",
  seeds: { full: 1, short: 0 },
  async try(attempt) {
    const python = await setUpSchemathesis();
    const operations = [...contract.values()].map(({ method, path }) => `${method} ${path}`);
    const outside: string[] = [];
    const leftOut: string[] = [];
    for (const principal of principals) {
      const { requests, statuses, violations } = await fuzzAs(python, principal, attempt.seed);
      const carriedOut = operations.filter((each) => [...(statuses.get(each) ?? [])].some((status) => status < 300));
      attempt.count("requests", requests);
      attempt.count(`operations carried out for the ${principal}`, carriedOut.length);
      outside.push(...violations.map((violation) => `${principal}: ${violation}`));
      leftOut.push(...operations.filter((each) => !statuses.has(each)).map((each) => `${principal}: ${each}`));
    }
    attempt.count("operations", operations.length);
    attempt.none("answers outside the contract", outside);
    attempt.none("operations left out", leftOut);
  },
});
