"""Attacks on who reads the notebook afterwards: scripts in pages."""

import base64
from typing import Any

from tests.nbgrader_sandbox.hostile.attack import Attack, Notebook, cell, find, theme

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" onload="hostile_script()">'
    "<script>hostile_script()</script><foreignObject><iframe src='javascript:hostile_script()'>"
    "</iframe></foreignObject><a href='javascript:hostile_script()'><text>x</text></a></svg>"
)

TEXTS = (
    "<script>hostile_script()</script>",
    '<img src="x" onerror="hostile_script()">',
    "[look](javascript:hostile_script())",
    '<a href="JaVaScRiPt&colon;hostile_script()">x</a>',
    '<iframe srcdoc="<script>hostile_script()</script>"></iframe>',
    '<svg><animate onbegin="hostile_script()" attributeName="x"/></svg>',
    '<form action="http://127.0.0.1/"><input name="password"></form>',
    '<meta http-equiv="refresh" content="0;url=http://127.0.0.1/hostile_script">',
    '<style>@import "http://127.0.0.1/hostile_script.css"; body{display:none}</style>',
    '<link rel="stylesheet" href="http://127.0.0.1/hostile_script.css">',
    '<base href="http://127.0.0.1/hostile_script/">',
    "$\\href{javascript:hostile_script()}{x}$ $$\\unicode{<script>hostile_script()</script>}$$",
    "<details open ontoggle=hostile_script()>x</details>",
    "</div></div></body><script>hostile_script()</script>",
    "```html\n</code></pre><script>hostile_script()</script>\n```",
    "<!--><script>hostile_script()</script>-->",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1"
    " onerror=hostile_script()&gt;'>",
)


def markdown(notebook: Notebook) -> None:
    for text in TEXTS:
        notebook["cells"].append(cell(text, "markdown"))
    find(notebook, "why")["source"] = "\n\n".join(TEXTS)


def raw(notebook: Notebook) -> None:
    for text in TEXTS:
        notebook["cells"].append(cell(text, "raw", format="text/html", raw_mimetype="text/html"))


def attachments(notebook: Notebook) -> None:
    made = cell("![x](attachment:x.svg) ![y](attachment:y.png)", "markdown")
    encoded = base64.b64encode(SVG.encode()).decode()
    made["attachments"] = {
        "x.svg": {"image/svg+xml": encoded},
        "y.png": {"image/png": encoded, "text/html": "<script>hostile_script()</script>"},
    }
    notebook["cells"].append(made)


def names(notebook: Notebook) -> None:
    notebook["metadata"]["title"] = "</title><script>hostile_script()</script>"
    notebook["metadata"]["authors"] = [{"name": "<script>hostile_script()</script>"}]
    notebook["metadata"]["language_info"] = {
        "name": "python",
        "pygments_lexer": "</style><script>hostile_script()</script>",
        "mimetype": "x'><script>hostile_script()</script>",
    }
    for one in notebook["cells"]:
        one["metadata"]["tags"] = ["</div><script>hostile_script()</script>"]


def widgets(notebook: Notebook) -> None:
    state: dict[str, Any] = {"a": {"model_name": "HTMLModel", "state": {"value": TEXTS[0]}}}
    state["b"] = {"model_module": "data:text/javascript,hostile_script()", "model_name": "X"}
    kind = "application/vnd.jupyter.widget-state+json"
    notebook["metadata"]["widgets"] = {kind: {"state": state, "version_major": 2}}
    notebook["metadata"]["widgets"]["</script><script>hostile_script()//"] = {"state": state}


def saved_outputs(notebook: Notebook) -> None:
    made = cell("1")
    made["outputs"] = [
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/html": TEXTS[0], "application/javascript": "hostile_script()"},
        }
    ]
    notebook["cells"].append(made)


SLOW = (
    "[" * 30_000,
    "![](" * 10_000,
    "> " * 10_000 + "x",
    "*a **a " * 10_000,
    "`" * 20_000 + "x",
    "<" * 30_000,
    "$" * 20_001,
    "a_" * 20_000,
    "- " * 5_000 + "x",
    "&" * 30_000,
    "|a" * 10_000 + "\n" + "|-" * 10_000,
    "<!--" * 10_000,
    "\\\\(" * 10_000,
    "http://" + "a." * 20_000,
)


def slow_markdown(notebook: Notebook) -> None:
    for text in SLOW:
        notebook["cells"].append(cell(text, "markdown"))


BOMBS = """
import struct, zlib
from IPython.display import display

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

packer = zlib.compressobj(9)
packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(600)) + packer.flush()
head = struct.pack(">IIBBBBB", 25_000, 25_000, 8, 0, 0, 0, 0)
png = (b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head)
       + chunk(b"IDAT", packed) + chunk(b"IEND", b""))
lines = "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 12))
svg = f'<!DOCTYPE svg [<!ENTITY a0 "x">{lines}]><svg xmlns="http://www.w3.org/2000/svg"><text>&a11;</text></svg>'
outside = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]><svg><text>STOL&x;</text></svg>'
deep = "<g>" * 50_000 + "</g>" * 50_000
for kind, data in (("image/svg+xml", svg), ("image/svg+xml", outside),
                   ("image/svg+xml", f"<svg>{deep}</svg>"), ("text/html", "<div>" * 50_000),
                   ("text/latex", "{" * 50_000), ("text/markdown", "[" * 50_000)):
    display({kind: data, "text/plain": "x"}, raw=True)
display({"image/png": png, "text/plain": "x"}, raw=True)
"""

SHOWN = f"""
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
texts = {TEXTS!r}
for text in texts:
    display(HTML(text)); display(Markdown(text)); display(Latex(text))
display(Javascript("hostile_script()"))
display({{"image/svg+xml": {SVG!r}, "text/plain": "x"}}, raw=True)
bad = "<script>hostile_script()</script>"
display({{"application/vnd.jupyter.widget-view+json": {{"model_id": bad}},
         "application/vnd.plotly.v1+json": {{"x": "<script>hostile_script()</script>"}},
         "text/plain": "<script>hostile_script()</script>"}}, raw=True)
display({{"image/png": "x' onerror='hostile_script()", "image/jpeg": 5, "application/pdf": "x",
         "text/vnd.mermaid": "<script>hostile_script()</script>"}}, raw=True)
print("<script>hostile_script()</script>")
print("\\x1b]8;;javascript:hostile_script()\\x07x\\x1b[31m<script>hostile_script()</script>")
raise type(bad, (Exception,), {{}})(bad)
"""

MARKUP = theme(
    "markup",
    Attack(
        "markup-text", "scripts in text cells and the answer", edit=markdown, evidence=("cleaned",)
    ),
    Attack("markup-raw", "scripts in raw cells", edit=raw),
    Attack("markup-attachments", "scripts in attached pictures", edit=attachments),
    Attack("markup-metadata", "scripts in the notebook's metadata", edit=names),
    Attack("markup-widgets", "scripts in the state of widgets", edit=widgets),
    Attack("markup-saved", "scripts in saved outputs", edit=saved_outputs),
    Attack("markup-shown", "scripts in what cells show", SHOWN, evidence=("cleaned",)),
    Attack("markup-slow", "text that takes long to turn into a page", edit=slow_markdown),
    Attack("markup-bombs", "pictures and pages that are huge when unpacked", BOMBS),
    Attack(
        "markup-errors",
        "scripts in errors of the answers",
        answers={
            "softmax": "class E(AssertionError):\n    pass\n\n"
            "E.__name__ = '<script>hostile_script()</script>'\n\n"
            "def softmax(x):\n    raise E('<script>hostile_script()</script>')",
            "moving_average": "def moving_average(xs, k):\n"
            "    raise ValueError('<img src=x onerror=hostile_script()>')  # "
            "<script>hostile_script()</script>",
        },
    ),
    Attack(
        "markup-source",
        "scripts in the source of cells and in comments",
        "# </pre></div><script>hostile_script()</script>\nx = "
        "'<script>hostile_script()</script>'\nx",
    ),
)
