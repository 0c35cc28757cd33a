/** Requests made out of the contract by Schemathesis, and what came of them. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { paths } from "../scripts/environment.mjs";

/** Whom to ask as whom, and about what. */
export interface Target {
  readonly endpoint: string;
  /** Nobody's where undefined. */
  readonly token: string | undefined;
  /** Identifiers of what is there, by where a request has them: `path.userId`, `body.owner`. */
  readonly identifiers: Readonly<Record<string, readonly string[]>>;
  /** The organizations that requests may close: all others stay, for the requests that follow. */
  readonly closable: readonly string[];
}

/** What came of the requests. */
export interface Findings {
  readonly requests: number;
  /** What each operation, such as `GET /v1/users`, was answered with. */
  readonly statuses: ReadonlyMap<string, ReadonlySet<number>>;
  /** Each rule that was broken, with the operation and a request. */
  readonly violations: readonly string[];
}

/** What an answer has to be. */
const checks = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "negative_data_rejection",
];

/** The share of requests that name what is there; the others name what isn't, or no identifier at all. */
const realShare = 0.8;

/** What is read of a line of the report. */
interface Line {
  readonly ScenarioFinished?: { readonly recorder: Scenario };
  readonly NonFatalError?: object;
  readonly FatalError?: object;
}

interface Scenario {
  /** The operation. */
  readonly label: string;
  /** By the identifier of the request, as the checks are. */
  readonly interactions?: Readonly<Record<string, Interaction>>;
  readonly checks?: Readonly<Record<string, readonly Check[]>>;
}

interface Interaction {
  readonly request: { readonly method: string; readonly uri: string; readonly body?: { readonly $base64: string } };
  /** Undefined where there was none. */
  readonly response?: { readonly status_code: number };
}

interface Check {
  readonly name: string;
  readonly failure_info?: { readonly failure: { readonly title: string; readonly message: string } };
}

/**
 * Sends what the contract allows, and what it doesn't, to every operation.
 *
 * @param python of an environment that has Schemathesis
 * @param seed decides which requests are made; what is there decides too, so a repetition is not the same to the byte
 * @throws Error if Schemathesis can't do it
 */
export async function fuzz(python: string, target: Target, seed: number): Promise<Findings> {
  const folder = mkdtempSync(path.join(tmpdir(), "roster-fuzz-"));
  const report = path.join(folder, "report.ndjson");
  const configuration = path.join(folder, "schemathesis.toml");
  writeFileSync(configuration, configurationOf(target));
  const contract = path.join(paths.checkout, "schema/openapi.yaml");
  const args = [
    ...["-m", "schemathesis.cli", "--config-file", configuration, "run", contract, "--url", target.endpoint],
    ...["--checks", checks.join(","), "--seed", String(seed), "--report-ndjson-path", report],
  ];
  // In the environment, because every process can read the arguments of the others.
  const env = { ...process.env, ROSTER_TRIAL_TOKEN: target.token };
  try {
    await promisify(execFile)(python, args, { cwd: folder, env, maxBuffer: Number.POSITIVE_INFINITY }).catch(
      ({ code, stdout, stderr }: { code?: unknown; stdout: string; stderr: string }) => {
        // 1 where rules were broken, which the report says too.
        if (code !== 1) {
          throw new Error(`Schemathesis ended with ${code}:\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
        }
      },
    );
    return findingsIn(readFileSync(report, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @see https://schemathesis.readthedocs.io/en/stable/reference/configuration/ */
function configurationOf({ token, identifiers, closable }: Target): string {
  const dictionaries = Object.entries({ ...identifiers, closable });
  const bound = (name: string) => `{ dictionary = ${JSON.stringify(name)}, probability = ${realShare} }`;
  return [
    "continue-on-failure = true",
    // The machine may be busy; a service that doesn't answer at all is F8's.
    "request-timeout = 120",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Schemathesis puts the variable in.
    ...(token === undefined ? [] : ['headers = { Authorization = "Bearer ${ROSTER_TRIAL_TOKEN}" }']),
    "[generation]",
    "max-examples = 25",
    'database = "none"',
    "no-shrink = true",
    // Each request is the principal's, and not that of a token made up, of which the service takes only so many.
    "with-security-parameters = false",
    // Whatever refuses it: a body that is too long is 413 before anybody looks into it.
    "[checks.negative_data_rejection]",
    'expected-statuses = ["4xx"]',
    // Sequences of requests are what F23 tries, against a model that knows what must come of them.
    "[phases.stateful]",
    "enabled = false",
    ...dictionaries.flatMap(([name, values]) => [
      `[dictionaries.${JSON.stringify(name)}]`,
      `values = ${JSON.stringify(values)}`,
    ]),
    "[parameters]",
    ...Object.keys(identifiers).map((name) => `${JSON.stringify(name)} = ${bound(name)}`),
    "[[operations]]",
    'include-operation-id = "closeOrganization"',
    `parameters = { "path.organizationId" = ${bound("closable")} }`,
  ].join("\n");
}

function findingsIn(report: string): Findings {
  let requests = 0;
  const statuses = new Map<string, Set<number>>();
  const violations = new Map<string, string>();
  for (const text of report.trimEnd().split("\n")) {
    const { ScenarioFinished, NonFatalError, FatalError }: Line = JSON.parse(text);
    if (NonFatalError !== undefined || FatalError !== undefined) {
      violations.set(text, text.slice(0, 1000));
    }
    const { label = "", interactions = {}, checks = {} } = ScenarioFinished?.recorder ?? {};
    for (const { request, response } of Object.values(interactions)) {
      requests += 1;
      // Methods that the contract doesn't have are tried on its paths as well.
      if (response !== undefined && label.startsWith(`${request.method} `)) {
        statuses.set(label, (statuses.get(label) ?? new Set()).add(response.status_code));
      }
    }
    for (const [id, made] of Object.entries(checks)) {
      for (const { name, failure_info: info } of made) {
        if (info === undefined) {
          continue;
        }
        const { title, message } = info.failure;
        const rule = `${label} breaks ${name}: ${title}`;
        violations.set(rule, `${rule}: ${message.slice(0, 500)}, with ${described(interactions[id])}`);
      }
    }
  }
  return { requests, statuses, violations: [...violations.values()] };
}

function described(interaction: Interaction | undefined): string {
  if (interaction === undefined) {
    return "a request that was not noted";
  }
  const { request, response } = interaction;
  const content = Buffer.from(request.body?.$base64 ?? "", "base64").toString("utf8");
  return `${request.method} ${request.uri} ${content.slice(0, 500)}, answered ${response?.status_code}`;
}
