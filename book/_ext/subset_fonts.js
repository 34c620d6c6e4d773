// Cuts fonts down: reads {jobs: [{from, to, axes}], text} from the pipe, writes each font anew.
// `axes` keeps a part of a variable font's range, such as {wght: {min: 400, max: 700}}.
const { readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");

const subset = createRequire(process.argv[2] + "/")("subset-font");
const { jobs, text } = JSON.parse(readFileSync(0, "utf8"));

async function main() {
  for (const { from, to, axes } of jobs) {
    const options = { targetFormat: "woff2", ...(axes && { variationAxes: axes }) };
    writeFileSync(to, await subset(readFileSync(from), text, options));
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
