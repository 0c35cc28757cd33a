/** The peer's side: OpenTofu, with a provider for any REST API, in a folder of its own. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Peer, setUpPeer } from "../scripts/setup/peer.mjs";
import { measured, type Taken } from "./process-tree.ts";
import type { Side } from "./row.ts";
import type { BenchService } from "./service.ts";

/** A workspace that declares members of one organization. */
export class PeerStack implements Side {
  readonly #peer: Peer;
  readonly #folder: string = mkdtempSync(path.join(tmpdir(), "roster-bench-peer-"));

  private constructor(peer: Peer) {
    this.#peer = peer;
  }

  static async declaring(service: BenchService, organization: string, count: number): Promise<PeerStack> {
    const stack = new PeerStack(await setUpPeer());
    stack.#write(
      "tofurc",
      `provider_installation { dev_overrides { "bench/restapi" = "${stack.#peer.providerFolder}" } }`,
    );
    stack.#write("main.tf", program(service, organization, count));
    return stack;
  }

  /** What it is called, with its versions. */
  get name(): string {
    return this.#peer.name;
  }

  up(): Promise<Taken> {
    return this.#run("apply", "-auto-approve");
  }

  preview(refreshing: boolean): Promise<Taken> {
    // With this, anything to do is another status than 0.
    return this.#run("plan", "-detailed-exitcode", `-refresh=${refreshing}`);
  }

  get stateBytes(): number {
    return statSync(path.join(this.#folder, "terraform.tfstate")).size;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #write(file: string, text: string): void {
    writeFileSync(path.join(this.#folder, file), text);
  }

  #run(...args: string[]): Promise<Taken> {
    const env = { PATH: process.env.PATH, HOME: this.#folder, TF_CLI_CONFIG_FILE: path.join(this.#folder, "tofurc") };
    const all = [...args, "-no-color", "-input=false"];
    return measured(spawn(this.#peer.tofu, all, { cwd: this.#folder, env, stdio: ["ignore", "pipe", "pipe"] }));
  }
}

function program({ endpoint, token }: BenchService, organization: string, count: number): string {
  return `
terraform {
  required_providers {
    restapi = { source = "bench/restapi" }
  }
}

provider "restapi" {
  uri                  = "${endpoint}"
  headers              = { Authorization = "Bearer ${token}", "Content-Type" = "application/json" }
  write_returns_object = true
  id_attribute         = "id"
  update_method        = "PATCH"
}

resource "restapi_object" "member" {
  count             = ${count}
  path              = "/v1/organizations/${organization}/members"
  read_path         = "/v1/members/{id}"
  update_path       = "/v1/members/{id}"
  destroy_path      = "/v1/members/{id}"
  data              = jsonencode({ email = "member-\${count.index}@bench.example", role = "viewer", onUnknownUser = "create" })
}
`;
}
