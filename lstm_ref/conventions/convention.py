"""What sets one library's LSTM weights apart from another's, as data, and the code that reads it.

Every library computes the same six equations. They differ in five things: the order of the
four blocks, rows or columns, how many biases, the order of the two states, and the shape of
the input. A `Convention` names all five; the table in the book is printed from these objects,
and the same objects do the translation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from lstm_ref.arrays import Array, as_float
from lstm_ref.parameters import GATES, LSTMParameters

State = TypeVar("State")


@dataclass(frozen=True)
class Convention:
    """One library's way of keeping the weights of an LSTM."""

    name: str
    where: str  # the class, file or equation that the convention is read from
    order: tuple[str, ...]  # the four blocks, in the letters of this course: i, f, g, o
    letters: tuple[str, ...]  # the same blocks in the library's own letters
    arrays: tuple[str, str, str]  # names of input weights, recurrent weights, bias; {} is a letter
    columns: bool  # True: x @ W, a column per unit; False: W @ x, a row per unit
    split: bool  # True: an array for each gate; False: one array for all four
    biases: Literal["two", "one", "two, joined"]
    carry: tuple[Literal["h", "c"], Literal["h", "c"]]
    inputs: str
    note: str = ""

    def to_carry(self, h: State, c: State) -> tuple[State, State]:
        """Put the two states into the library's order: (h, c), or (c, h)."""
        return (h, c) if self.carry == ("h", "c") else (c, h)

    def from_carry(self, carry: Sequence[State]) -> tuple[State, State]:
        """Take a library's pair of states and return (h, c)."""
        first, second = carry
        return (first, second) if self.carry == ("h", "c") else (second, first)

    def to_packed(self, params: LSTMParameters) -> tuple[Array, Array, Array]:
        """Return input weights, recurrent weights and the sum of the two biases, packed.

        Shapes: (4H, I), (4H, H), (4H,) where units are rows; (I, 4H), (H, 4H), (4H,) where
        they are columns. Raises TypeError for another cell's parameters.
        """
        params = LSTMParameters.required(params)
        return (
            self._turned(reorder(params.weight_ih, GATES, self.order)),
            self._turned(reorder(params.weight_hh, GATES, self.order)),
            reorder(params.bias_ih + params.bias_hh, GATES, self.order),
        )

    def from_packed(self, W: ArrayLike, U: ArrayLike, b: ArrayLike | None) -> LSTMParameters:
        """The way back. The bias goes to bias_ih, and bias_hh is 0; without one, both are 0.

        Raises ValueError, with both shapes and the library's names, where arrays do not fit.
        """
        W, U = as_float(W), as_float(U)
        H = self._units(U, self.arrays[1], blocks=4)
        b = np.zeros(4 * H, W.dtype) if b is None else as_float(b)
        self._fits(W, U, b, self.arrays, blocks=4)
        W, U = self._turned(W), self._turned(U)  # (4H, I) and (4H, H), whatever they were
        bias = reorder(b, self.order, GATES)
        return LSTMParameters(
            reorder(W, self.order, GATES), reorder(U, self.order, GATES), bias, np.zeros_like(bias)
        )

    def to_split(self, params: LSTMParameters) -> dict[str, tuple[Array, Array, Array]]:
        """Return input weights, recurrent weights and summed bias under each gate's letter.

        Shapes: (H, I), (H, H), (H,) where units are rows; (I, H), (H, H), (H,) for columns.
        """
        gates = LSTMParameters.required(params).to_gates()
        return {
            letter: (
                self._turned(gates[f"W_{gate}"]),
                self._turned(gates[f"U_{gate}"]),
                gates[f"b_{gate}"],
            )
            for gate, letter in zip(self.order, self.letters, strict=True)
        }

    def from_split(
        self, parts: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike | None]]
    ) -> LSTMParameters:
        """The way back, from all four letters. Biases and errors as in `from_packed`."""
        gates: dict[str, Array] = {}
        first: tuple[str, Array] | None = None
        for gate, letter in zip(self.order, self.letters, strict=True):
            names = self.names(letter)
            W, U = (as_float(array) for array in parts[letter][:2])
            H = self._units(U, names[1], blocks=1)
            given = parts[letter][2]
            b = np.zeros(H, W.dtype) if given is None else as_float(given)
            self._fits(W, U, b, names, blocks=1)
            first = first or (names[0], W)
            if W.shape != first[1].shape:
                raise ValueError(
                    f"{names[0]} has shape {W.shape}; expected {first[1].shape}, as {first[0]} "
                    "has: the four gates are of one size"
                )
            if W.dtype != first[1].dtype:
                raise TypeError(
                    f"{names[0]} is {W.dtype} but {first[0]} is {first[1].dtype}; "
                    "give all gates one dtype"
                )
            gates |= {f"W_{gate}": self._turned(W), f"U_{gate}": self._turned(U), f"b_{gate}": b}
        return LSTMParameters.from_gates(gates)

    def names(self, letter: str) -> tuple[str, str, str]:
        """The library's names of one gate's three arrays."""
        W, U, b = (name.format(letter) for name in self.arrays)
        return W, U, b

    def row(self) -> dict[str, str]:
        """One row of the table of conventions."""
        wide = "H" if self.split else "4H"
        sizes = (f"I, {wide}", f"H, {wide}") if self.columns else (f"{wide}, I", f"{wide}, H")
        names = self.names("·")
        return {
            "library": self.name,
            "read from": self.where,
            "order of the gates": " ".join(self.letters),
            "in this course's letters": " ".join(self.order),
            "weights": f"{names[0]} ({sizes[0]}), {names[1]} ({sizes[1]})",
            "a unit is": "a column" if self.columns else "a row",
            "biases": f"{self.biases}: {names[2]}",
            "states": f"({', '.join(self.carry)})",
            "input": self.inputs,
            "note": self.note,
        }

    def _turned(self, array: Array) -> Array:
        """Rows into columns, or back, where the library keeps a unit in a column."""
        return np.ascontiguousarray(array.T) if self.columns else array

    def _units(self, U: Array, name: str, *, blocks: int) -> int:
        """H, read from the recurrent weights, which alone are of H and 4H (or H and H)."""
        H = U.shape[0 if self.columns else -1] if U.ndim == 2 else 0
        if H == 0 or U.shape != self._shape(H, H, blocks):
            wide = "H" if blocks == 1 else f"{blocks}H"
            symbols = f"(H, {wide})" if self.columns else f"({wide}, H)"
            raise ValueError(
                f"{name} has shape {U.shape}; expected {symbols}, since in {self.name} "
                f"a unit is {'a column' if self.columns else 'a row'}: transpose it where "
                "it is the other way round"
            )
        return H

    def _fits(self, W: Array, U: Array, b: Array, names: Sequence[str], *, blocks: int) -> None:
        H = U.shape[0 if self.columns else -1]
        I = W.shape[0 if self.columns else -1] if W.ndim == 2 else 0
        if I == 0 or W.shape != self._shape(H, I, blocks):
            expected = f"(I, {blocks * H})" if self.columns else f"({blocks * H}, I)"
            raise ValueError(
                f"{names[0]} has shape {W.shape}; expected {expected}, as {names[1]} is {U.shape}"
            )
        if b.shape != (blocks * H,):
            raise ValueError(
                f"{names[2]} has shape {b.shape}; expected {(blocks * H,)}, "
                f"as {names[1]} is {U.shape}"
            )
        for name, array in ((names[1], U), (names[2], b)):
            if array.dtype != W.dtype:
                raise TypeError(
                    f"{name} is {array.dtype} but {names[0]} is {W.dtype}; give both one dtype"
                )

    def _shape(self, H: int, inputs: int, blocks: int) -> tuple[int, int]:
        return (inputs, blocks * H) if self.columns else (blocks * H, inputs)


def without_bias(params: LSTMParameters) -> None:
    """Raise ValueError where a layer without bias is asked for and `params` have one."""
    params = LSTMParameters.required(params)
    for name in ("bias_ih", "bias_hh"):
        if count := np.count_nonzero(getattr(params, name)):
            raise ValueError(
                f"bias=False, but {name} holds {count} numbers that are not 0; give them to a "
                "layer that has a bias"
            )


def reorder(blocks: Array, before: Sequence[str], after: Sequence[str]) -> Array:
    """Put blocks of H rows into another order: (4H, …) -> (4H, …), always a new array.

    As many blocks as there are letters: four, or the three of the peepholes.
    """
    parts = dict(zip(before, np.split(blocks, len(before)), strict=True))
    return np.concatenate([parts[gate] for gate in after])
