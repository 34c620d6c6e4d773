// Draws the still pictures of the chapters: `node tools/drawings.mjs FOLDER [TO]`. Each NAME.mjs of
// the folder exports `{ title, description, width, draw(kit) }` and becomes NAME.svg.

import { readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { drawing } from "../lstm_ref/figures/still.js";

const [from, to = from] = process.argv.slice(2);
for (const file of (await readdir(from)).filter((name) => name.endsWith(".mjs")).sort()) {
  const name = file.replace(".mjs", "");
  const { default: spec } = await import(pathToFileURL(resolve(from, file)));
  await writeFile(join(to, `${name}.svg`), `${drawing(spec, name)}\n`);
}
