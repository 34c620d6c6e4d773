"""The bundler: what it joins runs, and what it does not understand it refuses by name."""

import subprocess
from pathlib import Path

import pytest

from lstm_ref import figures
from lstm_ref.figures.bundle import BundleError, bundle, join

KIT = "export function double(x) {\n  return 2 * x;\n}\nexport const SIZE = 3;\nconst own = 1;\n"
DATA = 'import tokens from "./t.json" with { type: "json" };\n'


def run(node: str, module: str) -> str:
    done = subprocess.run(
        [node, "--input-type=module", "-"],
        input=module,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return done.stdout.strip()


def test_joined_text_runs_and_exports_what_the_figure_exports(node_path: str) -> None:
    files = {
        "fig.js": 'import {\n  double,\n  SIZE,\n} from "./kit.js";\n'
        'import { name } from "./page.js";\n'
        "export const answer = double(SIZE);\nconsole.log(answer, name);\n",
        "kit.js": KIT,
        "page.js": 'import { double } from "./kit.js";\n'
        'import style from "./p.css" with { type: "text" };\n'
        + DATA
        + "export const name = `${style} ${tokens.a} ${double(2)}`;\n",
        "p.css": 'a { b: "c" }',
        "t.json": '{"a": 5}',
    }
    module = join("fig.js", files)
    assert module.count("function double") == 1
    assert module.count("export ") == 1
    assert run(node_path, module) == '6 a { b: "c" } 5 4'


@pytest.mark.parametrize(
    "statement",
    [
        'import * as kit from "./kit.js";',
        'import kit from "./kit.js";',
        'import { double as twice } from "./kit.js";',
        'import { double } from "https://example.org/kit.js";',
        'import { double } from "../kit.js";',
        'import "./kit.js";',
        'const kit = await import("./kit.js");',
        "console.log(import.meta.url);",
        '  import { double } from "./kit.js"',
    ],
)
def test_other_imports_are_refused_with_the_statement(statement: str) -> None:
    with pytest.raises(BundleError, match=r"^fig\.js: ") as error:
        join("fig.js", {"fig.js": statement + "\n", "kit.js": KIT})
    first_words = statement.strip().removesuffix(";")[:12]
    assert first_words in str(error.value) or "double as twice" in str(error.value)


@pytest.mark.parametrize("export", ["export default own;", "export { own };", "export let a = 1;"])
def test_other_exports_of_an_imported_file_are_refused(export: str) -> None:
    files = {"fig.js": 'import { SIZE } from "./kit.js";\n', "kit.js": f"{KIT}{export}\n"}
    with pytest.raises(BundleError, match=r"kit\.js: cannot inline 'export"):
        join("fig.js", files)


@pytest.mark.parametrize("declared", ["const own = 2;", "function double() {}", "class SIZE {}"])
def test_names_that_both_declare_are_refused(declared: str) -> None:
    files = {"fig.js": f'import {{ SIZE }} from "./kit.js";\n{declared}\n', "kit.js": KIT}
    with pytest.raises(BundleError, match=r"fig\.js: declares (own|double|SIZE), which kit\.js"):
        join("fig.js", files)


def test_a_missing_name_a_missing_file_and_a_circle_are_named() -> None:
    asks = 'import { nothing } from "./kit.js";\n'
    with pytest.raises(BundleError, match=r"'nothing' from \./kit\.js, which exports no such name"):
        join("fig.js", {"fig.js": asks, "kit.js": KIT})
    with pytest.raises(BundleError, match=r"\./kit\.js, and there is no such file"):
        join("fig.js", {"fig.js": asks})
    circle = {
        "fig.js": 'import { a } from "./kit.js";\nexport const b = 1;\n',
        "kit.js": 'import { b } from "./fig.js";\nexport const a = 1;\n',
    }
    with pytest.raises(BundleError, match=r"imports itself, by way of fig\.js → kit\.js → fig\.js"):
        join("fig.js", circle)


@pytest.mark.parametrize("name", figures.names())
def test_each_figure_is_one_text_that_asks_no_one(name: str) -> None:
    module = figures.source(name)
    folder = Path(figures.__file__).parent
    assert module == bundle(folder / f"{name}.js")
    assert "\nimport " not in module
    assert "export default" in module
    assert "</script" not in module.lower()  # the book puts it inside a page
    hosts = module.replace("http://www.w3.org/2000/svg", "")
    assert "http:" not in hosts
    assert "https:" not in hosts
