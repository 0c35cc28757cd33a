/** What the refusal of a tried request depends on, by its code. */
import { objectKindValues, refusalCodeValues, type Schemas } from "roster-schema";
import { describe, expect, test } from "vitest";
import { routes } from "../../service/routes/index.ts";
import type { RefusalCode } from "./statuses/case.ts";
import { refusedRequests } from "./statuses/index.ts";
import { unique } from "./support/client.ts";
import { contract } from "./support/contract.ts";
import { makeScenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";
import { inBatch, newMember, tryOne } from "./support/trials.ts";

type Kind = Schemas["ObjectKind"];

/** Either the kinds of objects that such a refusal names, or why it names none. */
type Dependency =
  | { readonly always: readonly Kind[] }
  /** Some refusals with the code name an object of these kinds, and others depend on the request or the caller alone. */
  | { readonly sometimes: readonly Kind[] }
  | { readonly never: string };

const keys = ["api_key", "access_token"] as const;

const dependencies: Readonly<Record<RefusalCode, Dependency>> = {
  invalid_request: { never: "the request itself is wrong" },
  unauthenticated: { never: "the whole batch is refused" },
  permission_denied: { sometimes: ["user", "role", "membership", "api_key_assignment"] },
  plan_required: { sometimes: ["organization"] },
  api_access_disabled: { always: ["organization"] },
  contact_vendor: { sometimes: ["organization"] },
  cannot_remove_self: { never: "it depends on who calls" },
  billing_failed: { always: ["organization"] },
  not_member: { never: "only an access check answers it" },
  user_not_active: { never: "only an access check answers it" },
  no_api_key: { never: "only an access check answers it" },
  not_found: { never: "the object doesn't exist, or the caller can't read it" },
  route_not_found: { never: "the request itself is wrong" },
  slug_taken: { always: ["organization"] },
  email_taken: { always: ["user"] },
  name_taken: { sometimes: ["role", ...keys] },
  external_id_taken: { always: objectKindValues },
  already_member: { always: ["membership"] },
  already_assigned: { always: ["api_key_assignment"] },
  role_in_use: { always: ["membership"] },
  last_administrator: { always: ["organization", "membership"] },
  key_not_active: { always: keys },
  generation_conflict: { always: keys },
  secret_in_use: { always: keys },
  organization_closed: { always: ["organization"] },
  managed_elsewhere: { always: objectKindValues },
  idempotency_in_progress: { never: "a trial has no idempotency key" },
  precondition_failed: { always: objectKindValues },
  payload_too_large: { never: "the request itself is too large" },
  unsupported_media_type: { never: "a batch has JSON" },
  unprocessable: { sometimes: objectKindValues },
  user_not_found: { sometimes: ["organization"] },
  role_not_found: { never: "the role doesn't exist, or the caller can't read it" },
  idempotency_key_reused: { never: "a trial has no idempotency key" },
  rate_limited: { never: "it depends on how many mails an address got" },
  internal_error: { never: "the whole batch is refused" },
  unavailable: { never: "the whole batch is refused" },
};

const ofChanges = refusedRequests.filter(({ id }) => {
  return contract.get(id)?.method !== "GET" && routes[id].isBatchable === true;
});

test("the table has every code of the contract", () => {
  expect(Object.keys(dependencies).sort()).toEqual([...refusalCodeValues].sort());
});

onEachDatabase("P1 refusals", (service) => {
  describe.each(ofChanges.map(({ id, code, ask }) => [`${id}: ${code}`, { id, code, ask }] as const))(
    "%s",
    (_name, { id, code, ask }) => {
      test("is refused in a trial as well, and names what it depends on", async () => {
        const scenario = await makeScenario(service());
        const { client = scenario.owner, ...asked } = await ask(scenario);
        const { body, trial } = await tryOne(client, inBatch(id, asked));
        expect(body).toMatchObject({ code });
        expect(trial.outcome).toBe("refused");
        const kinds = trial.dependsOn.map(({ kind }) => kind);
        const dependency = dependencies[code];
        if ("always" in dependency) {
          expect(kinds).not.toEqual([]);
        }
        const allowed: readonly Kind[] = "never" in dependency ? [] : Object.values(dependency).flat();
        expect(kinds.filter((kind) => !allowed.includes(kind))).toEqual([]);
      });
    },
  );

  test("names only objects that the caller can read", async () => {
    const [one, other] = [await makeScenario(service()), await makeScenario(service())];
    const { client } = await one.actingAs("administrator");
    const { user } = await other.member("member");
    const request = inBatch("createUser", {
      body: { email: user.email, homeOrganization: one.organization.id, externalId: unique("e") },
    });
    const refused = await tryOne(client, request);
    expect([refused.body?.code, refused.trial.dependsOn]).toEqual(["email_taken", []]);
    const { trial } = await tryOne(one.owner, request);
    expect(trial.dependsOn).toEqual([{ kind: "user", id: user.id, externalId: null }]);
  });

  test("names the object by its externalId, and those of the same sequence", async () => {
    const scenario = await makeScenario(service(), { joinPolicies: ["existing", "create"] });
    const request = newMember(scenario);
    const externalId = request.body?.externalId;
    const { answers } = await scenario.owner.do("runBatch", {
      body: {
        dryRun: "sequence",
        requests: [request, { ...request, body: { ...request.body, externalId: unique("e") } }],
      },
    });
    const { dependsOn } = answers[1]?.trial ?? {};
    expect(dependsOn).toEqual([{ kind: "membership", id: answers[0]?.body?.id, externalId }]);
  });

  test.each<[string, Kind[], (scenario: Awaited<ReturnType<typeof makeScenario>>) => Promise<object>]>([
    [
      "a JWT key for an owner with another role",
      ["user", "membership"],
      async (scenario) => ({ format: "jwt", owner: (await scenario.member("viewer")).user.id }),
    ],
    ["a key for somebody who isn't a member", ["user"], async (scenario) => ({ owner: (await scenario.user()).id })],
    [
      "an end date of a JWT key",
      ["organization"],
      async (scenario) => {
        const endDate = new Date(service().now().getTime() + 86_400_000).toISOString();
        return { format: "jwt", endDate, owner: (await scenario.member("api_user")).user.id };
      },
    ],
    [
      "permissions that the owner's role doesn't have",
      ["user", "membership", "role"],
      async (scenario) => {
        const { user } = await scenario.member((await scenario.role("flows:read")).id);
        return { owner: user.id, permissions: ["flows:run"] };
      },
    ],
  ])("%s", async (_what, kinds, bodyOf) => {
    const scenario = await makeScenario(service());
    const body = { name: unique("key"), kind: "user", ...(await bodyOf(scenario)) };
    const { trial } = await tryOne(scenario.owner, inBatch("createApiKey", { path: scenario.path, body }));
    expect(trial.outcome).toBe("refused");
    expect(trial.dependsOn.map(({ kind }) => kind)).toEqual(kinds);
  });
});
