/** Resources that repeat their arguments, or show them where they adopt. The file `ways.json` says how they are marked secret. */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ApiKey, Membership, OrganizationMembers, User } from "pulumi-roster";

const { ways, organization, people } = JSON.parse(readFileSync(path.join(__dirname, "ways.json"), "utf8")) as {
  readonly ways: readonly string[];
  readonly organization: string;
  readonly people: Readonly<Record<string, string>>;
};

/** The arguments that are to be secret, by kind. */
const marked: Readonly<Record<string, readonly string[]>> = {
  User: ["givenName"],
  ApiKey: ["name", "permissions"],
  Membership: ["user"],
  OrganizationMembers: ["members"],
};
const namesOf = (type: string) => marked[type.split(":").at(-1) ?? ""] ?? [];

function marking<Props extends object>({ type, props, opts }: { type: string; props: Props; opts: object }) {
  const given = props as Readonly<Record<string, unknown>>;
  // A transformation may have a resource adopt, too.
  const adopting = type.endsWith(":User") ? { adopt: true } : {};
  const secrets = Object.fromEntries(namesOf(type).map((name) => [name, pulumi.secret(given[name])]));
  return { props: { ...props, ...adopting, ...secrets }, opts };
}

if (ways.includes("stack transformation")) {
  pulumi.runtime.registerStackTransformation(marking);
}

for (const way of ways) {
  const component = (options: pulumi.ComponentResourceOptions) =>
    new pulumi.ComponentResource("test:index:Component", way, {}, options);
  const optionsOf: Readonly<Record<string, (kind: string) => pulumi.CustomResourceOptions>> = {
    transformation: () => ({ transformations: [marking] }),
    transform: () => ({ transforms: [marking] }),
    additionalSecretOutputs: (kind) => ({ additionalSecretOutputs: [...namesOf(kind)] }),
  };
  const parents: Readonly<Record<string, () => pulumi.Resource>> = {
    "component transformation": () => component({ transformations: [marking] }),
    "component transform": () => component({ transforms: [marking] }),
  };
  const parent = parents[way]?.();
  const options = (kind: string) => ({ ...optionsOf[way]?.(kind), ...(parent && { parent }) });
  const given = <Value>(value: Value) => (way === "output" ? (pulumi.secret(value) as Value) : value);
  // What is looked for as secret must not be found of what isn't.
  const word = way === "nothing" ? "Plain" : "Hush";
  const domain = `${way.replaceAll(/[^a-z]/gi, "")}.example`;
  const user = {
    email: `hidden@${domain}`,
    givenName: given(`${word}-Given`),
    invite: false,
    adopt: way.includes("transform") ? undefined : true,
  };
  new User(`u ${way}`, user, options("User"));
  const key = {
    name: given(`${word}-Key ${way}`),
    kind: "server",
    permissions: given(["organization:read" as const]),
  } as const;
  new ApiKey(`k ${way}`, { organization, ...key }, options("ApiKey"));
  const member = { organization, user: given(people[way] ?? ""), role: "viewer" };
  new Membership(`m ${way}`, member, options("Membership"));
  const members = given({ [`${word.toLowerCase()}@${domain}`]: "viewer" });
  new OrganizationMembers(`s ${way}`, { organization, members }, options("OrganizationMembers"));
}
