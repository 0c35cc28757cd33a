/** The rooms of the house, and the law between them: which room may import which other, and which packages from npm. */

/** A room: a folder, or files that stand alone. */
export interface Room {
  readonly name: string;
  /** What a reader finds in it; an import that is refused is answered with this. */
  readonly purpose: string;
  /** Its files, as paths from the repository's folder. The first room of the table that matches a file has it. */
  readonly files: RegExp;
  /** The rooms that it may import. */
  readonly rooms: readonly string[];
  /** The packages from npm that it may import. */
  readonly packages: readonly string[];
}

/** A circle that is there, and why. */
export interface KnownCircle {
  readonly members: readonly string[];
  readonly why: string;
}

export const rooms: readonly Room[] = [
  {
    name: "schema",
    purpose: "the contract, and what provider and service both know",
    files: /^schema\//,
    rooms: [],
    packages: ["image-size"],
  },
  {
    name: "provider/index.ts",
    purpose: "what a program imports",
    files: /^provider\/(index|needs-typescript-5-or-newer\.d)\.ts$/,
    rooms: ["provider/errors.ts", "provider/kinds", "provider/lifecycle", "provider/program"],
    packages: [],
  },
  {
    name: "provider/errors.ts",
    purpose: "every error that a person is shown, and how wrong values are described",
    files: /^provider\/(errors|issues)\.ts$/,
    rooms: ["schema"],
    packages: ["@pulumi/pulumi", "zod"],
  },
  {
    name: "provider/values",
    purpose: "values of properties: their types, and those that aren't known yet",
    files: /^provider\/values\//,
    rooms: ["schema"],
    packages: ["@pulumi/pulumi", "zod"],
  },
  {
    name: "provider/wire",
    purpose: "one request: batches, pace, retries, deadlines, what is read ahead, and the configuration",
    files: /^provider\/wire\//,
    rooms: ["provider/errors.ts", "provider/values", "schema"],
    packages: ["axios", "axios-retry", "uuidv7", "zod"],
  },
  {
    name: "provider/lifecycle",
    purpose: "what every kind shares: check, diff, create, read, update, delete, adoption, state versions",
    files: /^provider\/lifecycle\//,
    rooms: ["provider/errors.ts", "provider/values", "provider/wire", "schema"],
    packages: ["zod"],
  },
  {
    name: "provider/sets",
    purpose: "the same for sets of members and assignees",
    files: /^provider\/sets\//,
    rooms: ["provider/errors.ts", "provider/lifecycle", "provider/values", "provider/wire", "schema"],
    packages: ["zod"],
  },
  {
    name: "provider/delivery",
    purpose: "where secrets are handed on",
    files: /^provider\/delivery\//,
    rooms: ["provider/errors.ts"],
    packages: [],
  },
  {
    name: "provider/kinds",
    purpose: "one file for each kind of resource: its properties and what is its own",
    files: /^provider\/kinds\//,
    rooms: [
      "provider/delivery",
      "provider/errors.ts",
      "provider/lifecycle",
      "provider/program",
      "provider/sets",
      "provider/values",
      "provider/wire",
      "schema",
    ],
    packages: ["@pulumi/pulumi", "zod"],
  },
  {
    name: "provider/program",
    purpose: "what a program uses: resources, look-ups, manifests, CSV",
    files: /^provider\/program\//,
    rooms: ["provider/errors.ts", "provider/kinds", "provider/lifecycle", "provider/values", "provider/wire", "schema"],
    packages: ["@pulumi/pulumi", "@pulumi/random", "csv-parse", "yaml", "zod"],
  },
  {
    name: "provider/dynamic",
    purpose: "the dynamic provider: what the engine calls",
    files: /^provider\/dynamic\//,
    rooms: ["provider/errors.ts", "provider/kinds", "provider/lifecycle", "provider/values", "provider/wire", "schema"],
    packages: ["@pulumi/pulumi"],
  },
  {
    name: "provider/command",
    purpose: "the command roster",
    files: /^provider\/command\//,
    rooms: ["provider/kinds", "provider/lifecycle", "provider/values", "provider/wire", "schema"],
    packages: ["@pulumi/pulumi", "zod"],
  },
  {
    name: "service/problems.ts",
    purpose: "refusals, and errors of settings",
    files: /^service\/(problems|configuration-error)\.ts$/,
    rooms: ["schema"],
    packages: [],
  },
  {
    name: "service/whole-file.ts",
    purpose: "files that are written whole or not at all",
    files: /^service\/whole-file\.ts$/,
    rooms: [],
    packages: [],
  },
  {
    name: "service/billing.ts",
    purpose: "plans that are sold through Stripe",
    files: /^service\/billing\.ts$/,
    rooms: ["schema", "service/problems.ts"],
    packages: ["stripe"],
  },
  {
    name: "service/rows",
    purpose: "the database: tables, migrations, identifiers, shared statements",
    files: /^service\/rows\//,
    rooms: ["schema", "service/problems.ts"],
    packages: ["@electric-sql/pglite", "kysely", "pg", "uuidv7"],
  },
  {
    name: "service/keys",
    purpose: "secrets, peppers, signing keys, addresses from which a key works",
    files: /^service\/keys\//,
    rooms: ["schema", "service/problems.ts", "service/rows"],
    packages: ["jose", "kysely", "zod"],
  },
  {
    name: "service/auth",
    purpose: "who calls, what they may do, failed attempts, mailed links",
    files: /^service\/auth\//,
    rooms: ["schema", "service/billing.ts", "service/keys", "service/problems.ts", "service/rows"],
    packages: ["fastify", "kysely"],
  },
  {
    name: "service/managed",
    purpose: "what every object shares: adoption, take-over, lost updates, acts, rules, audit entries",
    files: /^service\/managed\//,
    rooms: ["schema", "service/auth", "service/problems.ts", "service/rows"],
    packages: ["kysely"],
  },
  {
    name: "service/audit",
    purpose: "the chain that seals the audit",
    files: /^service\/audit\//,
    rooms: ["schema", "service/keys", "service/rows"],
    packages: ["fastify", "kysely"],
  },
  {
    name: "service/mail",
    purpose: "letters, the outbox, and how many mails an address gets",
    files: /^service\/mail\//,
    rooms: ["schema", "service/auth", "service/keys", "service/managed", "service/problems.ts", "service/rows"],
    packages: ["fastify", "kysely", "nodemailer"],
  },
  {
    name: "service/http",
    purpose: "how a request becomes a call and an answer: contract, validation, idempotency, batches",
    files: /^service\/http\//,
    rooms: [
      "schema",
      "service/auth",
      "service/keys",
      "service/mail",
      "service/managed",
      "service/problems.ts",
      "service/rows",
    ],
    packages: ["@fastify/rate-limit", "fastify", "kysely", "yaml"],
  },
  {
    name: "service/objects, routes",
    purpose: "the operations on each object",
    files: /^service\/objects\/.*routes\.ts$/,
    rooms: ["schema", "service/auth", "service/http", "service/managed", "service/objects", "service/rows"],
    packages: ["fastify", "kysely"],
  },
  {
    name: "service/objects",
    purpose: "a room for each object: what it is, and its rules",
    files: /^service\/objects\//,
    rooms: [
      "schema",
      "service/audit",
      "service/auth",
      "service/keys",
      "service/mail",
      "service/managed",
      "service/problems.ts",
      "service/rows",
    ],
    packages: ["kysely"],
  },
  {
    name: "service/people",
    purpose: "the pages for people",
    files: /^service\/people\//,
    rooms: [
      "schema",
      "service/auth",
      "service/http",
      "service/mail",
      "service/managed",
      "service/objects",
      "service/problems.ts",
      "service/rows",
    ],
    packages: ["@node-rs/argon2", "@zxcvbn-ts/language-common", "fastify", "kysely"],
  },
  {
    name: "service/routes",
    purpose: "the operations that belong to no object",
    files: /^service\/routes\//,
    rooms: [
      "schema",
      "service/audit",
      "service/auth",
      "service/http",
      "service/keys",
      "service/managed",
      "service/objects",
      "service/objects, routes",
      "service/problems.ts",
      "service/rows",
    ],
    packages: ["fastify", "kysely"],
  },
  {
    name: "service/backup",
    purpose: "all that the database holds, in one sealed file",
    files: /^service\/backup\//,
    rooms: ["service/audit", "service/keys", "service/rows", "service/whole-file.ts"],
    packages: ["jose", "kysely", "zod"],
  },
  {
    name: "service/configuration.ts",
    purpose: "settings, the secrets among them, the data directory and the log",
    files: /^service\/(configuration|secrets|data-directory|log)\.ts$/,
    rooms: [
      "schema",
      "service/billing.ts",
      "service/keys",
      "service/problems.ts",
      "service/rows",
      "service/whole-file.ts",
    ],
    packages: ["jose", "pino", "zod"],
  },
  {
    name: "service/commands",
    purpose: "the commands backup, restore and verify-audit",
    files: /^service\/commands\//,
    rooms: [
      "service/audit",
      "service/backup",
      "service/configuration.ts",
      "service/keys",
      "service/problems.ts",
      "service/rows",
    ],
    packages: [],
  },
  {
    name: "service/main.ts",
    purpose: "the service is put together, and started",
    files: /^service\/(main|app)\.ts$/,
    rooms: [
      "service/audit",
      "service/auth",
      "service/billing.ts",
      "service/commands",
      "service/configuration.ts",
      "service/http",
      "service/keys",
      "service/mail",
      "service/people",
      "service/problems.ts",
      "service/routes",
      "service/rows",
    ],
    packages: ["fastify", "fastify-openapi-glue"],
  },
];

/** Circles that are still there. One that is gone fails until it is taken off this list. */
export const knownCircles: readonly KnownCircle[] = [
  {
    members: ["provider/kinds", "provider/program"],
    why: "a kind's file has its class as well, until the classes are generated from the kinds",
  },
  {
    members: ["provider/wire/client.ts", "provider/wire/lost-creates.ts", "provider/wire/read-ahead.ts"],
    why: "both name the client that they belong to, as a type",
  },
  {
    members: [
      "provider/kinds/api-key/api-key.ts",
      "provider/kinds/api-key/delivery.ts",
      "provider/kinds/api-key/rotation.ts",
      "provider/kinds/api-key/rules.ts",
    ],
    why: "the parts of a key name the type of its properties, which stand in its first file",
  },
];
