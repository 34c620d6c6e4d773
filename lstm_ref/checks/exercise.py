"""One description of an exercise: what is right, what inputs tell, what goes wrong.

The same object serves the notebook's `check` and `hint`, the hidden test's `grade`, the
page of the book, the class report, and the tests of the course itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Function = Callable[..., Any]


@dataclass(frozen=True)
class Case:
    """One call: its name in words ("one example without a batch") and its arguments."""

    name: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Mistake:
    """A wrong implementation with a name, and the hints that lead from it to the right one.

    `title` completes the sentence "In forget_gate, …". `hints` is a ladder: a question, a
    pointer, the line of the formula. `keeps` is the share of the points that it leaves.
    """

    name: str
    title: str
    hints: tuple[str, ...]
    wrong: Function
    keeps: float = 0.0


@dataclass(eq=False)  # an exercise is itself alone, and so can be a key
class Exercise:
    """One function that a student writes.

    `inputs` makes the cases from a seeded generator; the first ones are the plainest, since
    messages quote the first case that fails. `outputs` names what is returned. `may_call`
    are the modules of `lstm_ref` that an answer may use; all others are the answer key.
    `hints` is the ladder for an answer that is wrong in no known way.
    """

    name: str
    assignment: str
    arguments: tuple[str, ...]
    outputs: tuple[str, ...]
    reference: Function
    inputs: Callable[[np.random.Generator], Sequence[Case]]
    praise: str
    hints: tuple[str, ...]
    may_call: frozenset[str] = frozenset({"lstm_ref.activations", "lstm_ref.arrays"})
    mistakes: list[Mistake] = field(default_factory=list)
    right_answers: list[Function] = field(default_factory=list)

    def mistake(
        self, title: str, *hints: str, keeps: float = 0.0
    ) -> Callable[[Function], Function]:
        """Register the decorated function as a mistake, named after the function.

        The line of the formula, the last of the exercise's own hints, ends each ladder.
        """

        def register(wrong: Function) -> Function:
            name = wrong.__name__.replace("_", "-")
            if any(known.name == name for known in self.mistakes):
                raise ValueError(f"{self.name} has a mistake {name!r} already; choose another name")
            ladder = (*hints, self.hints[-1])
            self.mistakes.append(Mistake(name, title, ladder, wrong, keeps))
            return wrong

        return register

    def convention(self, title: str, *hints: str) -> Callable[[Function], Function]:
        """Register a right answer in another convention: named as that, it keeps half."""
        return self.mistake(title, *hints, keeps=0.5)

    def right_answer(self, answer: Function) -> Function:
        """Register the decorated function as one more right way to write this exercise."""
        self.right_answers.append(answer)
        return answer

    def cases(self, seed: int) -> Sequence[Case]:
        """Make the inputs; the same seed gives the same inputs."""
        return self.inputs(np.random.default_rng(seed))
