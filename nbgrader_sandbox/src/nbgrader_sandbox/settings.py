"""The engine's settings in nbgrader_config.py, as `c.SandboxSettings.…`."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from traitlets import Bool, CaselessStrEnum, Dict, Float, Integer, List, Unicode
from traitlets.config import Configurable

from nbgrader_sandbox.engine.job import Times
from nbgrader_sandbox.engine.keys import imported as imports
from nbgrader_sandbox.engine.public import assemble, forbidden_for, made_for
from nbgrader_sandbox.isolation import Level, Plan, Resources

MIB = 2**20


class SandboxSettings(Configurable):  # type: ignore[misc]
    """What a submission may use, and how the class is graded."""

    cpu_seconds = Integer(20, help="Processor time of one submission, in seconds.").tag(config=True)
    wall_seconds = Float(60.0, help="Time of one submission, in seconds.").tag(config=True)
    cell_seconds = Float(10.0, help="Time of one cell, in seconds.").tag(config=True)
    test_seconds = Float(10.0, help="Time of one test cell, in seconds.").tag(config=True)
    memory = Integer(1024, help="Memory of one submission, in MiB, beside its packages.").tag(
        config=True
    )
    assignments = Dict(
        help="Other values for one assignment: {'08-torch': {'cpu_seconds': 60}}."
    ).tag(config=True)
    warm = List(
        Unicode(),
        default_value=["numpy", "numpy.random", "matplotlib.pyplot"],
        help="Packages that are loaded once, before the submissions; torch is added by itself.",
    ).tag(config=True)
    public = Dict(
        value_trait=List(Unicode()),
        key_trait=Unicode(),
        help="Files of the course's packages that submissions may import, by patterns: "
        "{'course': ['__init__.py', 'given.py', 'datasets/**/*.py']}.",
    ).tag(config=True)
    replaced = Dict(
        value_trait=Unicode(),
        key_trait=Unicode(),
        help="Files of these packages in whose place submissions see another, by path in the "
        "course: {'course/checks.py': 'course/checks_when_graded.py'}.",
    ).tag(config=True)
    made = Dict(
        value_trait=Unicode(),
        key_trait=Unicode(),
        help="Files of these packages that are made for each assignment, by the function of the "
        "course that is called with its name and returns the text: "
        "{'course/given.py': 'course.publish:given'}. They win over `public` and `replaced`.",
    ).tag(config=True)
    hidden = List(Unicode(), help="More packages of which submissions may see nothing at all.").tag(
        config=True
    )
    forbidden = Dict(
        help="Names that an assignment's answers may not use, with the message that says so: "
        "{'08-torch': {'torch.nn.LSTM': 'write it yourself'}}."
    ).tag(config=True)
    forbidden_by = Unicode(
        "",
        help="The function of the course, as 'module:function', that is called with an "
        "assignment's name and returns the same: {'torch.nn.LSTM': 'write it yourself'}. "
        "`forbidden` wins over it.",
    ).tag(config=True)
    checked_by = Unicode(
        "",
        help="The function of the course, as 'module:function', that is called with an "
        "assignment's name and the graded cells that its gradebook holds ({name: (text, points)}), "
        "and returns what is wrong with them in a sentence, or ''. Then nothing is graded.",
    ).tag(config=True)
    regrade = Bool(
        True,
        help="Grade again what was handed in anew, or whose tests changed, with no newer timestamp "
        "either. Scores and comments by hand stay where the answer is the same.",
    ).tag(config=True)
    level = CaselessStrEnum(
        ["", *(level.name.lower() for level in Level)],
        default_value="",
        help="The least isolation that will do; empty for the best that this machine gives.",
    ).tag(config=True)
    allow_unsafe = Bool(
        False, help="Grade without isolation where there is none; trust every submission."
    ).tag(config=True)
    image = Unicode(
        "",
        help="For the level `container`: the image with Python and all that exercises import, and "
        "with nothing of the course. Name another when what is in it has changed.",
    ).tag(config=True)
    workers = Integer(0, help="Grading processes; 0 for one a core.").tag(config=True)
    cluster = Unicode("", help="Address of a Dask scheduler: tcp://host:8786.").tag(config=True)

    def for_assignment(self, assignment: str) -> dict[str, Any]:
        """Return the limits of one assignment. Raises ValueError for an unknown name."""
        names = ("cpu_seconds", "wall_seconds", "cell_seconds", "test_seconds", "memory")
        limits = {name: getattr(self, name) for name in names}
        other: Mapping[str, Any] = self.assignments.get(assignment, {})
        if unknown := set(other) - set(limits):
            raise ValueError(
                f"SandboxSettings.assignments[{assignment!r}] has {sorted(unknown)}; "
                f"it may have {list(names)}."
            )
        return {**limits, **other}

    def times(self, assignment: str) -> Times:
        """Return the limits of time."""
        found = self.for_assignment(assignment)
        return Times(
            cell=float(found["cell_seconds"]),
            test=float(found["test_seconds"]),
            notebook=float(found["wall_seconds"]),
        )

    def plan(
        self, assignment: str, sources: Collection[str], modules: Path | None, tests: int = 0
    ) -> Plan:
        """Return how workers are isolated.

        `sources` are the release's cells; `modules` is the folder of the packages that
        submissions may import; `tests` is the most tests that one notebook has, for each of
        which a worker may have to keep a moment: a process, and two open files.
        """
        found = self.for_assignment(assignment)
        warm = list(dict.fromkeys([*self.warm, *_costly(sources)]))
        return Plan(
            level=Level[self.level.upper()] if self.level else None,
            resources=Resources(
                cpu_seconds=int(found["cpu_seconds"]),
                wall_seconds=float(found["wall_seconds"]),
                memory=int(found["memory"]) * MIB,
                processes=_PROCESSES + max(_TESTS, tests),
                open_files=_FILES + 2 * max(_TESTS, tests),
            ),
            warm=(*warm, "nbgrader_sandbox.worker.serve:prepare"),
            public={"modules": modules} if modules else {},
            hidden=tuple(sorted({*self.hidden, *self.public, *self._made_packages()})),
            allow_unsafe=self.allow_unsafe,
            image=self.image,
        )

    def modules(self, assignment: str, into: Path, root: Path) -> Path | None:
        """Assemble the folder of the packages that submissions may import, below `into`.

        None where the course has no such packages. Raises PublicError.
        """
        if not (self.public or self.made):
            return None
        made = made_for(assignment, self.made)
        return assemble(into, self.public, self.replaced, root, made)

    def forbidden_names(self, assignment: str) -> dict[str, str]:
        """Return the names that an assignment forbids by these settings. Raises PublicError."""
        by_course = forbidden_for(assignment, self.forbidden_by)
        return {**by_course, **self.forbidden.get(assignment, {})}

    def _made_packages(self) -> set[str]:
        return {name.partition("/")[0].removesuffix(".py") for name in self.made}

    def processes(self) -> int:
        """Return how many submissions are graded at once on this machine."""
        return int(self.workers) or len(os.sched_getaffinity(0))


#: What a submission itself may use, and the number of tests up to which all limits are alike.
_PROCESSES, _FILES, _TESTS = 64, 256, 64

#: Packages that take long to load: loaded before the fork where a released cell imports them.
_COSTLY = ("pandas", "scipy", "sklearn", "torch")


def _costly(sources: Collection[str]) -> list[str]:
    imported = {name for source in sources for name in imports(source)}
    found = [name for name in _COSTLY if name in imported]
    if "torch" in imported and any("optim" in source for source in sources):
        found.append("nbgrader_sandbox.worker.optimisers:load")
    return found
