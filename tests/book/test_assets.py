"""tools/assets.py: complete, quiet the second time, and safe to interrupt."""

import json
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from tests.book import small_book


@pytest.fixture
def assets(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, working on a folder of its own beside the real node_modules."""
    module = small_book.module(root / "tools" / "assets.py")
    if not (root / "node_modules" / "katex").is_dir():
        pytest.fail("the packages are not installed: run `python tools/assets.py` first")
    monkeypatch.setattr(module, "ASSETS", tmp_path / "_assets")
    return module


def test_the_second_run_copies_nothing(assets: ModuleType) -> None:
    assert assets.copy("stamp") is True
    assert assets.copy("stamp") is False
    assert assets.copy("another") is True


def test_an_interrupted_run_can_be_run_again(
    assets: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(assets, "copy_fonts", stop)
        with pytest.raises(KeyboardInterrupt):
            assets.copy("stamp")
    assert not (assets.ASSETS / "vendor").exists()
    assert assets.copy("stamp") is True
    assert (assets.ASSETS / "vendor" / "katex" / "katex.min.css").is_file()
    assert not (assets.ASSETS / "vendor.new").exists()


def test_what_is_copied_is_complete_and_licensed(assets: ModuleType) -> None:
    assets.copy("stamp")
    vendor = assets.ASSETS / "vendor"
    for sheet in (vendor / "katex" / "katex.min.css", vendor / "fonts" / "fonts.css"):
        named = set(re.findall(r"url\(([^)]+)\)", sheet.read_text(encoding="utf-8")))
        assert named
        assert all((sheet.parent / file).is_file() for file in named)
    fonts = vendor / "fonts"
    for package, _ in assets.FONTS:
        assert "SIL OPEN FONT LICENSE" in (fonts / f"LICENSE-{package}").read_text("utf-8").upper()
    assert "MIT" in (vendor / "katex" / "LICENSE").read_text(encoding="utf-8")


def test_a_missing_npm_is_one_clear_sentence(
    assets: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tmp_path / "bin" / "node"
    alone.parent.mkdir()
    shutil.copy("/bin/true", alone)
    monkeypatch.setattr(assets, "MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(assets, "find_node", lambda: str(alone))
    with pytest.raises(RuntimeError, match="npm beside it"):
        assets.install("stamp")


def test_the_lock_names_exact_versions_and_no_registry(root: Path) -> None:
    wanted = json.loads((root / "package.json").read_text(encoding="utf-8"))
    for version in (wanted["dependencies"] | wanted["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    lock = (root / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    packages = json.loads(lock)["packages"]
    assert all("integrity" in entry for name, entry in packages.items() if name)
