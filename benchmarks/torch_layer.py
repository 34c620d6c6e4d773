"""The hand-written torch layer against torch.nn.LSTM on CPU, forward and backward.

    python -m benchmarks.torch_layer [--threads 1 2] [--seconds 4] [--into FOLDER]

Prints, for each number of threads and dtype, the median time of each and the ratio at each
shape, and the median of the ratios. All take turns, so that a busy machine slows all of them.
With --into the numbers are written where the book reads them; record.py says how.
"""

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import torch

from benchmarks import record
from lstm_ref.torch_lstm import LSTM

#: (T, B, I, H): steps, sequences, inputs, units.
SHAPES = [(50, 32, 64, 128), (100, 64, 128, 256), (200, 16, 32, 64), (28, 128, 28, 128)]
SHAPES += [(784, 32, 1, 128)]

#: The columns of the table, and how the layer of each is made.
WAYS = {"fused": {"fused": True}, "plain": {"fused": False}}


def pass_through(layer: torch.nn.Module, xs: torch.Tensor) -> Callable[[], None]:
    """One forward and backward pass, gradients for the weights as in training."""

    def once() -> None:
        layer.zero_grad()
        output, (h_n, c_n) = layer(xs)
        (output.sum() + h_n.sum() + c_n.sum()).backward()

    return once


def taken(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def compare(
    shape: tuple[int, int, int, int], seconds: float, dtype: torch.dtype
) -> dict[str, float]:
    """Median seconds of torch's layer and of each of ours, in turns, at least five each."""
    T, B, I, H = shape
    theirs = torch.nn.LSTM(I, H, dtype=dtype)
    layers: dict[str, torch.nn.Module] = {"nn.LSTM": theirs}
    for name, options in WAYS.items():
        layers[name] = LSTM(I, H, dtype=dtype, **options)
        layers[name].load_state_dict(theirs.state_dict())
    xs = torch.randn(T, B, I, dtype=dtype, generator=torch.Generator().manual_seed(0))
    runs = {name: pass_through(layer, xs) for name, layer in layers.items()}
    for run in runs.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in runs}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times["nn.LSTM"]) < 5:
        for name, run in runs.items():
            times[name].append(taken(run))
    return {name: statistics.median(values) for name, values in times.items()}


def table(threads: int, seconds: float, dtype: torch.dtype) -> list[record.Group]:
    """Print one table, all shapes at so many threads, and return it: a group for each way."""
    torch.set_num_threads(threads)
    named = str(dtype).removeprefix("torch.")
    print(f"\n{threads} thread(s), {named}")
    print(f"{'T, B, I, H':>20} {'nn.LSTM':>10}", *(f"{name + ' ms':>10} ratio" for name in WAYS))
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in WAYS}
    for shape in SHAPES:
        found = {name: 1e3 * median for name, median in compare(shape, seconds, dtype).items()}
        for name in WAYS:
            rows[name].append(record.row(shape, found[name], found["nn.LSTM"], "ms"))
        cells = (f"{found[name]:10.1f} {rows[name][-1]['ratio']:5.2f}" for name in WAYS)
        print(f"{', '.join(map(str, shape)):>20} {found['nn.LSTM']:10.1f}", *cells, flush=True)
    middle = (statistics.median(row["ratio"] for row in each) for each in rows.values())
    print(f"{'median ratio':>31}", *(f"{ratio:16.2f}" for ratio in middle))
    return [
        ({"layer": name, "dtype": named, "threads": threads}, each) for name, each in rows.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.torch_layer")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=4.0, help="for each shape and dtype")
    parser.add_argument("--into", metavar="FOLDER", help="write speed_torch.json there too")
    options = parser.parse_args()
    command = " ".join(["python -m benchmarks.torch_layer", *sys.argv[1:]])
    made = record.provenance(command, ["numpy", "torch"])
    print(f"{made['machine']}; Python {platform.python_version()}, torch {torch.__version__}")
    print("forward and backward, medians of turns; ratio: ours to nn.LSTM")
    before = torch.get_num_threads()
    times: list[record.Group] = []
    for threads in options.threads:
        for dtype in (torch.float64, torch.float32):
            times += table(threads, options.seconds, dtype)
    torch.set_num_threads(before)
    if options.into:
        record.write(options.into, "speed_torch", made, times)


if __name__ == "__main__":
    main()
