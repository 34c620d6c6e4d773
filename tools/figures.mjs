// Bundles the live figures with esbuild: `node tools/figures.mjs FROM TO NAME…`, from `python -m
// tools.figures`. kit.js holds kit and shell, once for all pages; each figure is a small file that
// uses them through the one global `lstmFigures`. Classic scripts, so that pages opened from disk
// are live too.

import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const [from, to, ...names] = process.argv.slice(2);
const common = {
  absWorkingDir: resolve(from),
  bundle: true,
  charset: "utf8",
  format: "iife",
  legalComments: "none",
  minify: true,
  target: ["es2022"],
};

// What a figure imports of the kit is the shared one, not a copy.
const shared = {
  name: "shared-kit",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/kit\.js$/ }, () => ({ path: "kit", namespace: "shared" }));
    onLoad({ filter: /.*/, namespace: "shared" }, () => ({ contents: "module.exports = lstmFigures" }));
  },
};

const entry = (contents) => ({ stdin: { contents, resolveDir: resolve(from) } });

await build({
  ...common,
  // All deferred scripts have run when the page says that its content is there.
  ...entry(`export * from "./kit.js"; export * from "./page.js"; import { mountAll } from "./page.js";
    document.addEventListener("DOMContentLoaded", mountAll);`),
  globalName: "lstmFigures",
  outfile: join(resolve(to), "kit.js"),
});
for (const name of names) {
  const contents = `import spec from "./${name}.js"; import { specs } from "./kit.js"; specs.${name} = spec;`;
  await build({ ...common, ...entry(contents), plugins: [shared], outfile: join(resolve(to), `${name}.js`) });
}

// A notebook has no tokens of ours: where its theme is dark, the figures are.
const { quantities, ink } = JSON.parse(await readFile(join(from, "tokens.json"), "utf8"));
const dark = Object.entries({ ...quantities, ...ink }).map(([key, value]) => `--lstm-${key}:${value.dark}`);
const themes = '[data-jp-theme-light="false"], .vscode-dark, html[theme="dark"]';
const sheet = await readFile(join(from, "page.css"), "utf8");
const contents = `${sheet}\n@media not print { :is(${themes}) .lstm-figure { ${dark.join(";")} } }`;
const css = await build({ ...common, stdin: { contents, loader: "css" }, write: false });
await writeFile(join(to, "kit.css"), css.outputFiles[0].text);
