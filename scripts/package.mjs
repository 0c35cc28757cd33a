/**
 * Builds everything that a release publishes, into dist/release:
 *
 *     npm run package            the plugin's archives, the npm packages, the schema, and the checksums of all of them
 *     npm run package -- --sdks  also the SDKs: that for Node.js as an npm package, the others as sources in dist/sdk
 *
 * .github/workflows/release.yml publishes what is there.
 */
import path from "node:path";
import { paths } from "./environment.mjs";
import { buildRelease } from "./package/release.mjs";
import { buildSdks } from "./package/sdks.mjs";
import { runVisibly } from "./processes.mjs";
import { setUp } from "./setup.mjs";

const [option, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (option !== undefined && option !== "--sdks")) {
  process.stderr.write("Usage: npm run package [-- --sdks]\n");
  process.exit(2);
}
await setUp({ engine: option === "--sdks", languages: option === "--sdks" });
if (Number.parseInt(process.versions.node, 10) < 26) {
  // Another version of Node.js compresses the archives to other bytes.
  process.exit(await runVisibly(paths.node, process.argv.slice(1)));
}
const folder = path.join(paths.checkout, "dist");
const sdks = option === "--sdks" ? await buildSdks(path.join(folder, "sdk")) : [];
for (const { name, bytes } of await buildRelease(path.join(folder, "release"), sdks)) {
  process.stdout.write(`${String(bytes).padStart(10)}  ${name}\n`);
}
