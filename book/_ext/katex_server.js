// Runs sphinxcontrib-katex's server, and ends with the build that started it: where the build
// is killed, its end of this pipe closes. The server by itself would run on for ever.
process.stdin.on("end", () => process.exit()).resume();
require(process.env.SPHINXCONTRIB_KATEX_SERVER);
