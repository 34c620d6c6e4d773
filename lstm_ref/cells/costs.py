"""What a cell costs: counted on the cell itself, by drawing its weights and taking one step."""

from typing import Any, NamedTuple, SupportsIndex

import numpy as np

from lstm_ref.cells.common import Cell


class Costs(NamedTuple):
    """What one layer of a cell costs, for one sequence.

    Attributes:
        parameters: weights and biases, two biases a layer as torch has them.
        operations: multiplications and additions in the products of one step, two for each weight
            of the matrices; what is done unit by unit is left out.
        carried: numbers that are handed from one step to the next.
        saved: new numbers that one step keeps for the way back, beside x and the states before.
    """

    parameters: int
    operations: int
    carried: int
    saved: int


def costs(cell: Cell[Any, Any], input_size: SupportsIndex, hidden_size: SupportsIndex) -> Costs:
    """Return what a layer of this cell costs with I inputs and H units.

    Raises ValueError where a size is not a positive whole number.
    """
    params = cell.initialise(input_size, hidden_size, np.random.default_rng(0))
    zeros = tuple(np.zeros(params.hidden_size) for _ in cell.states)  # (H,) each
    x = np.zeros(params.input_size)
    step = cell.step(x, zeros, params)
    known = (x, *zeros)
    return Costs(
        parameters=sum(array.size for array in vars(params).values()),
        operations=2 * (params.weight_ih.size + params.weight_hh.size),
        carried=sum(state.size for state in zeros),
        saved=sum(new.size for new in step if not any(new is old for old in known)),
    )
