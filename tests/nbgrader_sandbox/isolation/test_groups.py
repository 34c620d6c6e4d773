"""Control groups of both versions, on trees of files that look like the kernel's."""

import os
from pathlib import Path

import pytest
from nbgrader_sandbox.isolation import Resources
from nbgrader_sandbox.isolation.groups import Group, Groups

MIB = 1 << 20
LIMITS = Resources(memory=100 * MIB, processes=10)


def process(tmp_path: Path, cgroup: str, mountinfo: str) -> Path:
    """Write what /proc/self says of the groups."""
    folder = tmp_path / "proc" / "self"
    folder.mkdir(parents=True)
    (folder / "cgroup").write_text(cgroup)
    (folder / "mountinfo").write_text(mountinfo)
    return tmp_path / "proc"


def v2(tmp_path: Path, own: str, controllers: dict[str, str]) -> Path:
    """Make a tree of version 2 with these groups, and what is delegated in each."""
    mount = tmp_path / "cgroup"
    for path, given in controllers.items():
        folder = mount / path.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup.subtree_control").write_text(given)
        (folder / "cgroup.procs").write_text("")
    line = f"30 20 0:26 / {mount} rw,nosuid - cgroup2 cgroup2 rw\n"
    return process(tmp_path, f"0::{own}\n", line)


def only(group: Group) -> Path:
    (folder,) = group.folders.values()
    return folder


def clear(group: Group) -> None:
    """Do what the kernel does when a group is removed: its files go with it."""
    for folder in group.folders.values():
        for file in folder.iterdir():
            file.unlink()


def test_version_2_uses_the_nearest_group_that_was_delegated(tmp_path: Path) -> None:
    proc = v2(
        tmp_path,
        "/user.slice/app.slice/shell.scope",
        {
            "/": "cpu memory pids",
            "/user.slice": "cpu memory pids",
            "/user.slice/app.slice": "memory pids",
            "/user.slice/app.slice/shell.scope": "",
        },
    )
    group = Groups(proc=proc).new(LIMITS)
    folder = only(group)
    assert folder.parent == tmp_path / "cgroup/user.slice/app.slice"
    assert (folder / "memory.max").read_text() == str(100 * MIB)
    assert (folder / "memory.swap.max").read_text() == "0"
    assert int((folder / "pids.max").read_text()) >= 10
    group.add(123)
    assert (folder / "cgroup.procs").read_text() == "123"
    (folder / "cpu.stat").write_text("usage_usec 2500000\nuser_usec 1\n")
    (folder / "memory.events").write_text("low 0\noom 3\noom_kill 0\n")
    assert group.cpu_seconds() == 2.5
    assert not group.memory_ran_out()
    (folder / "memory.events").write_text("low 0\noom 3\noom_kill 2\n")
    assert group.memory_ran_out()
    clear(group)
    assert group.remove()
    assert not folder.exists()


def test_version_2_without_delegation_says_how_to_get_it(tmp_path: Path) -> None:
    proc = v2(tmp_path, "/session.scope", {"/": "cpu", "/session.scope": ""})
    with pytest.raises(OSError, match="systemd-run --user --scope -p Delegate=yes"):
        Groups(proc=proc)


def v1(tmp_path: Path) -> Path:
    lines = []
    for number, name in enumerate(("memory", "pids", "cpu,cpuacct")):
        mount = tmp_path / "cgroup" / name
        (mount / "inner").mkdir(parents=True)
        lines.append(f"{number} 1 0:2 / {mount} rw - cgroup cgroup rw,{name}\n")
    text = "9:memory:/inner\n8:pids:/\n7:cpu,cpuacct:/not-there\n0::/\n"
    return process(tmp_path, text, "".join(lines))


def test_version_1_uses_a_tree_for_each_controller(tmp_path: Path) -> None:
    group = Groups(proc=v1(tmp_path)).new(LIMITS)
    tree = tmp_path / "cgroup"
    name = group.folders["memory"].name
    assert group.folders == {
        "memory": tree / "memory/inner" / name,
        "pids": tree / "pids" / name,
        "cpuacct": tree / "cpu,cpuacct" / name,
    }
    assert (group.folders["memory"] / "memory.limit_in_bytes").read_text() == str(100 * MIB)
    group.add(5)
    assert [(folder / "cgroup.procs").read_text() for folder in group.folders.values()] == ["5"] * 3
    (group.folders["cpuacct"] / "cpuacct.usage").write_text("1500000000")
    assert group.cpu_seconds() == 1.5
    (group.folders["memory"] / "memory.oom_control").write_text("under_oom 0\noom_kill 1\n")
    assert group.memory_ran_out()
    clear(group)
    assert group.remove()


def test_empty_groups_of_graders_that_are_gone_are_removed(tmp_path: Path) -> None:
    proc = v1(tmp_path)
    pids = tmp_path / "cgroup/pids"
    for name in ("nbgrader-sandbox-4194305-0", f"nbgrader-sandbox-{os.getpid()}-99", "other"):
        (pids / name).mkdir()
    Groups(proc=proc)
    left = {folder.name for folder in pids.iterdir()}
    assert left == {f"nbgrader-sandbox-{os.getpid()}-99", "other", "inner"}


def test_without_controllers_there_are_no_groups(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not mounted"):
        Groups(proc=process(tmp_path, "", ""))
