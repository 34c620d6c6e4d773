"""Further attacks on who reads the pages: what swallows, covers or renames what stands there."""

from tests.nbgrader_sandbox.hostile.attack import Attack, Edit, Notebook, cell, find, theme
from tests.nbgrader_sandbox.hostile.parts import PARTS

CALL = "hostile_script()"


def everywhere(*texts: str) -> Edit:
    """Put these into text, raw and code cells, and let cells show them."""

    def edit(notebook: Notebook) -> None:
        cells = notebook["cells"]
        for text in texts:
            cells += [cell(text, "markdown"), cell(f"- {text}\n\n> {text}", "markdown")]
            cells += [cell(text, "raw"), cell(f"# {text}\nprint({text!r})")]
        shown = f"for text in {texts!r}:\n    display({{'text/html': text, 'text/markdown': text, "
        shown += "'text/latex': text, 'text/plain': text}, raw=True)"
        cells.append(cell(f"from IPython.display import display\n{shown}"))
        find(notebook, "why")["source"] = "\n\n".join(texts)

    return edit


def _page(name: str, what: str, *texts: str) -> Attack:
    return Attack(f"page-{name}", what, edit=everywhere(*texts))


IDS = [f"test_{part.name}" for part in PARTS]


def headings(notebook: Notebook) -> None:
    """Headings, anchors and formulas whose ids are those of the tests and of the page."""
    for name in (*IDS, "score", "summary", "notebook", "toc"):
        notebook["cells"].insert(
            0,
            cell(
                f"# {name}\n\n<a id='{name}' name='{name}'></a><h2 id={name}>9 / 9</h2>\n\n"
                f"<label for='{name}'>x</label><svg id='{name}'></svg>\n\n[x](#{name})",
                "markdown",
            ),
        )
    names = tuple(IDS)
    notebook["cells"].append(
        cell(
            "from IPython.display import HTML, display\n"
            f"for name in {names!r}:\n"
            '    display(HTML(f\'<h1 id="{name}">9 / 9</h1><img name="{name}">\'))'
        )
    )


def cell_ids(notebook: Notebook) -> None:
    """Ids of the newer format, which stand in the page, as markup and as those of other cells."""
    notebook["nbformat_minor"] = 5
    for k, one in enumerate(notebook["cells"]):
        one["id"] = ('"><script>hostile_script()</script>', f"a{k}' onclick='{CALL}", IDS[0])[k % 3]


def kinds(notebook: Notebook) -> None:
    """What other programs show as applications, films, maps and documents."""
    found = {
        "application/vnd.plotly.v1+json": {"data": [{"x": f"<img onerror={CALL} src=x>"}]},
        "application/vnd.vegalite.v5+json": {"data": {"url": f"javascript:{CALL}"}},
        "application/geo+json": {"type": f"<script>{CALL}</script>"},
        "application/pdf": "JVBERi0xLjQK",
        "application/x-tex": "\\href{javascript:hostile_script()}{x}",
        "text/vnd.mermaid": f"graph TD; A[<img src=x onerror={CALL}>]; click A call {CALL}",
        "application/vnd.jupyter.es6-rich-output": f"export const render = () => {CALL}",
        "application/json": {f"<script>{CALL}</script>": f"<script>{CALL}</script>"},
        "image/gif": f"GIF89a<script>{CALL}</script>",
        "image/webp": f"<script>{CALL}</script>",
        "video/mp4": "AAAA",
    }
    notebook["cells"].append(
        cell(
            f"from IPython.display import display\nfor kind, data in {found!r}.items():\n"
            "    display({kind: data, 'text/plain': 'x'}, raw=True, metadata={kind: data})\n"
            "    display({kind: data}, raw=True)"
        )
    )


TERMINAL = (
    f"\x1b]8;;javascript:{CALL}\x07look\x1b]8;;\x07",
    "\x1b[2J\x1b[H9 of 9 points\x1b[8m",
    f"\x1b[31m<script>{CALL}</script>\x1b[38;2;255;255;255m\x1b[48;5;<script>m",
    "\x1b[" + "1;" * 5000 + "m\x1bP+q\x1b\\\x9b31m\x1b]0;<b>\x07",
)

PAGES = theme(
    "pages",
    Attack("page-ids", "headings and anchors with the ids of the tests", edit=headings),
    Attack("page-cell-ids", "cells whose own ids are markup, or another cell's", edit=cell_ids),
    Attack("page-kinds", "outputs of kinds that other programs run", edit=kinds),
    _page(
        "swallows",
        "tags that take all that follows for their own text",
        *("<plaintext>", "<textarea>", "<xmp>", "<noembed>", "<title>", "<select><option>", "<!--"),
        *("<style>", "<template>", "<svg><desc>", "<math><annotation-xml>", "<![CDATA[", "<table>"),
    ),
    _page(
        "covers",
        "boxes that cover the page with a better grade",
        '<div style="position:fixed;inset:0;z-index:9;background:white">9 of 9 points</div>',
        '<p style="position:absolute;top:0;left:0;font-size:90px;margin:-999px">9 of 9</p>',
        f"<div style=\"background:url('http://127.0.0.1/{CALL}')\" class='sticky'>x</div>",
        "<dialog open>9 of 9</dialog><div popover=manual id=p>9 of 9</div>",
        "<button popovertarget=p>x</button><details open><summary>9 of 9</summary></details>",
        "<style>.summary::before{content:'9 of 9 points'}body>*{visibility:hidden}</style>",
    ),
    _page(
        "shadow",
        "trees in the shadow of an element, slots, and forms that belong to others",
        f"<div><template shadowrootmode=open><script>{CALL}</script><slot></slot></template></div>",
        f"<form id=f></form><button form=f formaction=javascript:{CALL}>x</button>",
        f"<custom-element is=x onfocus={CALL} tabindex=0 autofocus>x</custom-element>",
        f"<input autofocus onfocus={CALL}><select autofocus onfocus={CALL}></select>",
        f"<video><source onerror={CALL}></video><audio src=x onerror={CALL}></audio>",
        f"<body onload={CALL}><frameset onload={CALL}><marquee onstart={CALL}>x</marquee>",
    ),
    _page(
        "mutates",
        "markup that becomes another when it is read and written again",
        f'<noscript><p title="</noscript><img src=x onerror={CALL}>">',
        f'<svg></p><style><a id="</style><img src=1 onerror={CALL}>">',
        f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={CALL}>",
        f'<math><annotation-xml encoding="text/html"><style><img src=x onerror={CALL}></style>',
        f"<svg><title><![CDATA[<img src=x onerror={CALL}>]]></title></svg>",
        f"<a href='x'<script>{CALL}</script>>y</a><img src='`onerror={CALL}`'>",
        f"<img/src=x/onerror={CALL}><img\x0csrc=x\x0conerror={CALL}><svg/onload={CALL}>",
        f"<<script>{CALL}//<</script><scr<script>ipt>{CALL}</script>",
        f"&lt;script>{CALL}&lt;/script> \\<script>{CALL}\\</script>",
    ),
    _page(
        "addresses",
        "addresses whose scheme is hidden, in all kinds of links that Markdown has",
        f"[a](java\tscript:{CALL}) [b](\x01javascript:{CALL}) [c](&#x6A;avascript:{CALL})",
        f"[d]: vbscript:{CALL}\n[d] <javascript:{CALL}> ![e](javascript:{CALL})",
        f"[f](data:text/html,<script>{CALL}</script>) [g](javascript&colon;{CALL})",
        f"[i](<javascript:{CALL}> 'x\" onclick=\"{CALL}')",
        f"<a href=' javascript:{CALL}' target=_blank>k</a><area href=javascript:{CALL}>",
        f"<img srcset='http://127.0.0.1/{CALL} 1x' src=//127.0.0.1/{CALL}>",
    ),
    _page(
        "drawings",
        "drawings that load, move and link: use, image, set, handlers and style sheets",
        f"<svg><use href='data:image/svg+xml,<svg id=x onload={CALL}></svg>#x'/></svg>",
        f"<svg><image href='http://127.0.0.1/{CALL}'/><feImage href='http://127.0.0.1/{CALL}'/></svg>",
        f"<svg><a><set attributeName=href to=javascript:{CALL}></set><text y=9>x</text></a></svg>",
        f"<svg><handler type=text/javascript>{CALL}</handler><listener event=load /></svg>",
        f"<svg><style>@import 'http://127.0.0.1/{CALL}';*{{fill:url(//127.0.0.1)}}</style>",
        f"<svg><script href=http://127.0.0.1/{CALL} /><script xlink:href=data:,{CALL} /></svg>",
        f"<math href=javascript:{CALL}><maction actiontype=x xlink:href=javascript:{CALL}>",
    ),
    _page(
        "formulas",
        "formulas that grow, nest, call and never end",
        "$" + "\\frac{1}{" * 3000 + "1" + "}" * 3000 + "$",
        "$$\\def\\x{\\x\\x}\\x$$ $$\\newcommand{\\y}[1]{#1#1}\\y{\\y{\\y{\\y{x}}}}$$",
        "$" + "{" * 5000 + "$ $" + "x^" * 5000 + "$",
        f"$\\require{{html}}\\class{{x}}{{y}}\\style{{position:fixed}}{{x}}\\cssId{{{IDS[0]}}}{{x}}$",
        f"$\\text{{</span><script>{CALL}</script>}}$ $$\\begin{{matrix}}" + "&\\\\" * 3000,
        "$\\begin{" * 2000,
    ),
    Attack(
        "page-terminal",
        "signs that a terminal obeys: links, other screens, colours of the ground",
        f"import sys\nfor text in {TERMINAL!r}:\n    print(text)\n"
        "    print(text, file=sys.stderr)\n"
        "    display({'text/plain': text}, raw=True)\n"
        f"raise ValueError({TERMINAL[2]!r})",
    ),
    Attack(
        "page-evidence",
        "what it tries to open, reach and run has markup for names, which the report quotes",
        "import os, socket, subprocess\n"
        f"bad = '<img src=x onerror={CALL}>|`=1+1;=cmd()'\n"
        "for call in (lambda: open('/etc/' + bad), lambda: os.listdir('/root/' + bad),\n"
        "             lambda: socket.getaddrinfo(bad, 80), lambda: subprocess.run([bad]),\n"
        "             lambda: socket.create_connection(('127.0.0.1', 9), 1)):\n    try:\n"
        "        call()\n    except Exception:\n        pass",
        evidence=("forbidden-path", "network", "process"),
    ),
)
