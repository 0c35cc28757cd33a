/**
 * Loads the provider's sources, which the tests' own support imports, as the modules that they are written as. Their package is one of
 * CommonJS, which they are compiled to.
 */
import { registerHooks } from "node:module";

const sources = new URL("../provider/", import.meta.url).href;

registerHooks({
  load(url, context, nextLoad) {
    const isSource = url.startsWith(sources) && url.endsWith(".ts");
    return nextLoad(url, isSource ? { ...context, format: "module-typescript" } : context);
  },
});
