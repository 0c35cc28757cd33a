/** A made-up kind of object, what the service says of one, and a real server on loopback that says it: for the tests of what every kind shares. */
import { runtime } from "@pulumi/pulumi";
import { onTestFinished } from "vitest";
import { z } from "zod";
import type { Lifecycle } from "../../provider/lifecycle/interface.ts";
import { defineLifecycle } from "../../provider/lifecycle/lifecycle.ts";
import { Client } from "../../provider/wire/client.ts";
import { type Answering, json, ScriptedServer } from "./scripted-server.ts";

/** What stands for a value that a preview doesn't know yet. */
export const unknown: string = runtime.unknownValue;

/** What a made-up kind says of itself. */
export const documentation = { summary: "Made up.", example: "", operation: "" };

/** Of what a kind with secrets needs, nothing that does something. */
export const noCredential = {
  computed: [],
  compute: () => ({}),
  due: () => [],
  replaces: () => [],
  hasName: () => true,
  onceOnly: [],
  notCreated: [],
  rotation: () => undefined,
  create: async () => Promise.reject(new Error("not made here")),
};

/** A widget as the service has it. */
export const remote = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  shelf: z.string(),
  name: z.string(),
  label: z.string().nullable(),
  tags: z.array(z.string()),
  settings: z.object({ limit: z.number().nullable(), strict: z.boolean() }),
  status: z.string(),
  weight: z.number().nullable(),
});
const stamped = remote.extend({ code: z.string() });

/** The service that a state is of. */
export const __service = `svc_${"1".repeat(32)}`;

/** What the service says of itself and of the caller. */
export function self({ id = __service, permissions = ["roles:read"], restores = [] as object[] } = {}) {
  return json(200, {
    service: { id, restores },
    caller: { kind: "api_key", id: "key_1", user: null, serviceOwner: false },
    organizations: [{ id: "shf_1", permissions }],
  });
}

/** A kind of object, which the service keeps for good if a test says so. */
export function defineWidget(isKept = false): Lifecycle {
  return defineLifecycle({
    kind: "Widget",
    documentation,
    existence: { readPermission: "roles:read", organization: "shelf", isPermanent: isKept },
    args: {
      shelf: z.string().regex(/^shf_/, "it must be a shelf").meta({ change: "replaces" }),
      name: z.string().min(2, "a name has at least 2 characters"),
      label: z.string().optional(),
      tags: z.array(z.enum(["red", "green", "blue"])).default(["red"]),
      settings: z
        .strictObject({ limit: z.number().int().max(9, "at most 9").optional(), strict: z.boolean().default(false) })
        .prefault({}),
      note: z.string().optional(),
      password: z
        .string()
        .min(16, "a password has at least 16 characters")
        .regex(/^[a-z-]+$/, "a password has a-z and - only")
        .optional()
        .meta({ secret: true }),
    },
    rules: [
      {
        needs: ["name", "label"],
        check: ({ name, label }, previous) =>
          name === label
            ? { property: "label", reason: `it is the name too; before, the name was ${previous.name ?? "none"}` }
            : undefined,
      },
      {
        needs: ["settings", "tags"],
        check: ({ settings, tags }) =>
          settings.strict && tags.includes("red")
            ? { property: "settings.strict", reason: "strict and red don't go together" }
            : undefined,
      },
    ],
    same: { name: (a, b) => String(a).toLowerCase() === String(b).toLowerCase() },
    outputs: {
      status: z.string().describe("How it is."),
      weight: z.number().describe("In grams."),
      code: z.string().meta({ description: "The stamp, secret.", secret: true }),
    },
    remote,
    collection: ({ shelf }) => `/v1/shelves/${shelf}/widgets`,
    naturalKey: ({ name }) => ({ name }),
    item: (id) => `/v1/widgets/${id}`,
    settable: ({ name, label, tags, settings }) => ({
      name,
      label: label ?? null,
      tags,
      settings: { ...settings, limit: settings.limit ?? null },
    }),
    createOnly: ({ note, password }) => ({ note, password }),
    readArgs: ({ shelf, name, label, tags, settings }) => ({ shelf, name, label, tags, settings }),
    readOutputs: ({ status, weight }) => ({ status, weight }),
    isDeleted: ({ status }) => status === "scrapped",
    credential: {
      ...noCredential,
      replaces: ({ status }) => (status === "sealed" ? ["label"] : []),
      onceOnly: ["code"],
      async create(client, path, body) {
        const response = await client.post(path, body, stamped);
        return { response, once: { code: response.body.code } };
      },
      async update(client, { args: { password }, changed, pathOf }) {
        if (!changed.has("password")) {
          return undefined;
        }
        const response = await client.post(pathOf("/stamps"), { password }, stamped);
        return { response, once: { code: response.body.code } };
      },
    },
  });
}

export const widget: Lifecycle = defineWidget();

/** What the service says of a widget. */
export const object = {
  id: "wid_1",
  externalId: "stack/1",
  adopted: false,
  shelf: "shf_1",
  name: "Gear",
  label: null,
  tags: ["red"],
  settings: { limit: null, strict: false },
  status: "new",
  weight: null,
};
/** What was declared and checked. */
export const inputs = {
  shelf: "shf_1",
  name: "Gear",
  tags: ["red"],
  settings: { strict: false },
  note: "only sent",
  password: "correct-horse-battery",
  externalId: "stack/1",
  __stateVersion: 3,
};
/** What the state holds of both. */
export const state = { ...inputs, status: "new", code: "first-code", adopted: false, etag: '"v1"' };

/** A server that gives these answers in turn, and a client of it. */
export async function serve(...answers: readonly Answering[]) {
  const server = await ScriptedServer.start(...answers);
  onTestFinished(() => server.stop());
  return { server, client: new Client({ endpoint: server.endpoint, token: "token", timeoutMs: 60_000 }) };
}
