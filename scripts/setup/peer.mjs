/** The peer of the benchmark: OpenTofu with a provider for any REST API, built from the modules that bench/peer pins. */
import fs from "node:fs";
import path from "node:path";
import { paths } from "../environment.mjs";
import { ProgramError, run } from "../processes.mjs";
import { withProgress } from "../progress.mjs";
import { makeOnce } from "./cache.mjs";
import { clearGo, goBuild } from "./go.mjs";
import { SetUpError } from "./set-up-error.mjs";

const sources = path.join(paths.checkout, "bench", "peer");
const modules = {
  opentofu: "github.com/opentofu/opentofu",
  restapi: "github.com/Mastercard/terraform-provider-restapi",
};

/**
 * Builds the peer, unless it is there.
 *
 * @returns {Promise<import("./peer.d.mts").Peer>}
 * @throws {SetUpError}
 */
export async function setUpPeer() {
  const [tofu, restapi] = [pinned("opentofu"), pinned("restapi")];
  try {
    const name = `opentofu-${tofu}-restapi-${restapi}-${process.platform}-${process.arch}`;
    const folder = await makeOnce(name, async (partial) => {
      await withProgress(`building the benchmark's peer, OpenTofu ${tofu} (about 4 minutes on 2 cores)`, (setDetail) =>
        goBuild(partial, {
          source: path.join(sources, "opentofu"),
          program: `${modules.opentofu}/cmd/tofu`,
          output: path.join(partial, "tofu"),
          linkerFlags: `-X ${modules.opentofu}/version.dev=no`,
          setDetail,
        }),
      );
      await withProgress(`building the peer's provider, restapi ${restapi}`, (setDetail) =>
        goBuild(partial, {
          source: path.join(sources, "restapi"),
          program: modules.restapi,
          output: path.join(partial, "terraform-provider-restapi"),
          setDetail,
        }),
      );
      clearGo(partial);
    });
    const program = path.join(folder, "tofu");
    await run(program, ["version"], { timeoutMs: 30_000 });
    return { tofu: program, providerFolder: folder, name: `OpenTofu ${tofu} with restapi ${restapi}` };
  } catch (error) {
    if (!(error instanceof ProgramError)) {
      throw error;
    }
    throw new SetUpError(
      `The benchmark's peer can't be built: ${error.message}.\n${error.tail(5)}\n` +
        "It takes Go 1.26 or newer, and a Go module proxy that this machine reaches.",
    );
  }
}

/** @param {keyof typeof modules} source */
function pinned(source) {
  const text = fs.readFileSync(path.join(sources, source, "go.mod"), "utf8");
  const [, version] = new RegExp(`\\t${modules[source]} v(\\S+)`).exec(text) ?? [];
  if (version === undefined) {
    throw new Error(`bench/peer/${source}/go.mod doesn't pin ${modules[source]}`);
  }
  return version;
}
