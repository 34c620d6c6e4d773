"""An LSTM layer as an ONNX file: one LSTM node, its weights inside.

Source: LSTM-14 in onnx's docs/Changelog.md, with layout 0. Opset 14 and IR version 7 are old
on purpose: every runtime of the last years reads them.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from lstm_ref.conventions.onnx import peepholes_to_onnx, to_onnx
from lstm_ref.parameters import LSTMParameters

if TYPE_CHECKING:
    import onnx

OPSET, IR_VERSION = 14, 7


def export_onnx(
    params: LSTMParameters,
    path: str | os.PathLike[str],
    *,
    backward: LSTMParameters | None = None,
    peepholes: tuple[ArrayLike, ArrayLike, ArrayLike] | None = None,
    initial_states: bool = True,
    dtype: DTypeLike | None = None,
) -> Path:
    """Write the layer to `path` and return it; what stood there before is replaced at once.

    Inputs, any T and B: X (T, B, I) and, with `initial_states`, initial_h and initial_c
    (D, B, H); without, both are 0. Outputs: Y (T, D, B, H), Y_h and Y_c (D, B, H). D is 1, or
    2 with `backward`. `peepholes` are p_i, p_f, p_o, each (H,).
    `dtype` float32 or float64 converts the weights first: onnxruntime's CPU runs an LSTM in
    float32 only, onnx.reference in both.
    Raises ModuleNotFoundError without the package onnx, FileNotFoundError without the folder,
    TypeError for another dtype, and ValueError for shapes that do not fit and for weights
    that are not finite.
    """
    model = onnx_model(
        params, backward=backward, peepholes=peepholes, initial_states=initial_states, dtype=dtype
    )
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder {path.parent} of {path.name} is not there; make it")
    # Beside the file, not in /tmp: a rename is one step only within one file system.
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(model.SerializeToString(deterministic=True))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def onnx_model(
    params: LSTMParameters,
    *,
    backward: LSTMParameters | None = None,
    peepholes: tuple[ArrayLike, ArrayLike, ArrayLike] | None = None,
    initial_states: bool = True,
    dtype: DTypeLike | None = None,
) -> "onnx.ModelProto":
    """Return the model that `export_onnx` writes, checked. Arguments and errors as there."""
    try:
        from onnx import checker, helper, numpy_helper
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "the package onnx is not installed, and a model cannot be written without it: "
            "install it with `pip install onnx`"
        ) from error

    W, R, B = to_onnx(params, backward)
    weights = {"W": W, "R": R, "B": B}
    if peepholes is not None:
        if backward is not None:
            raise ValueError("peepholes and backward were both given; expected one of them only")
        weights["P"] = peepholes_to_onnx(*peepholes)
        if weights["P"].shape != (1, 3 * params.hidden_size):
            raise ValueError(
                f"the peepholes have {weights['P'].shape[1] // 3} units; expected "
                f"H = {params.hidden_size}, as weight_hh is {params.weight_hh.shape}"
            )
    kind = np.dtype(params.dtype if dtype is None else dtype)
    if kind not in (np.float32, np.float64):
        raise TypeError(f"dtype is {kind}; expected float32 or float64")
    for name, array in weights.items():
        with np.errstate(over="ignore"):  # seen in the next line
            weights[name] = array.astype(kind)
        if not np.isfinite(weights[name]).all():
            raise ValueError(f"{name} holds NaN or infinity as {kind}; expected finite weights")

    D, I, H = len(W), params.input_size, params.hidden_size
    element = helper.np_dtype_to_tensor_dtype(kind)
    states = ["initial_h", "initial_c"] if initial_states else []
    # An empty name is an input left out; sequence_lens always is.
    node_inputs = ["X", "W", "R", "B", "", *(states or ["", ""]), "P" if "P" in weights else ""]
    while not node_inputs[-1]:
        node_inputs.pop()
    shapes = {
        "X": ("T", "B", I),
        "Y": ("T", D, "B", H),
        **dict.fromkeys(("initial_h", "initial_c", "Y_h", "Y_c"), (D, "B", H)),
    }
    values = {n: helper.make_tensor_value_info(n, element, s) for n, s in shapes.items()}
    outputs = ["Y", "Y_h", "Y_c"]
    direction = "forward" if backward is None else "bidirectional"
    node = helper.make_node(
        "LSTM", node_inputs, outputs, name="lstm", hidden_size=H, direction=direction
    )
    graph = helper.make_graph(
        [node],
        "lstm",
        [values[name] for name in ("X", *states)],
        [values[name] for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    model = helper.make_model(
        graph,
        producer_name="lstm_ref",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    checker.check_model(model, full_check=True)
    return model
