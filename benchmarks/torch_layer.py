"""The hand-written torch layer against torch.nn.LSTM on CPU, forward and backward.

    python -m benchmarks.torch_layer [rounds]

Prints, for one thread and for two, the median time of each and the ratio at each shape, and
the median of the ratios. The two take turns, so that a busy machine slows both.
"""

import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from lstm_ref.torch_lstm import LSTM

#: (T, B, I, H): steps, sequences, inputs, units.
SHAPES = [(50, 32, 64, 128), (100, 64, 128, 256), (200, 16, 32, 64), (28, 128, 28, 128)]
SHAPES += [(784, 32, 1, 128)]

#: The columns of the table, and how the layer of each is made.
WAYS = {"fused": {"fused": True}, "plain": {"fused": False}}


def processor() -> str:
    """The CPU's name as the system gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def pass_through(layer: torch.nn.Module, xs: torch.Tensor) -> Callable[[], None]:
    """One forward and backward pass, gradients for the weights as in training."""

    def once() -> None:
        layer.zero_grad()
        output, (h_n, c_n) = layer(xs)
        (output.sum() + h_n.sum() + c_n.sum()).backward()

    return once


def seconds(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def compare(shape: tuple[int, int, int, int], rounds: int, dtype: torch.dtype) -> dict[str, float]:
    """Median seconds of torch's layer and of each of ours, measured in turns."""
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
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(seconds(run))
    return {name: statistics.median(values) for name, values in times.items()}


def table(threads: int, rounds: int, dtype: torch.dtype) -> None:
    """Print one table: all shapes at so many threads."""
    torch.set_num_threads(threads)
    print(f"\n{threads} thread(s), {str(dtype).removeprefix('torch.')}")
    print(f"{'T, B, I, H':>20} {'nn.LSTM':>10}", *(f"{name + ' ms':>10} ratio" for name in WAYS))
    ratios: dict[str, list[float]] = {name: [] for name in WAYS}
    for shape in SHAPES:
        found = compare(shape, rounds, dtype)
        cells = []
        for name in WAYS:
            ratios[name].append(found[name] / found["nn.LSTM"])
            cells.append(f"{1e3 * found[name]:10.1f} {ratios[name][-1]:5.2f}")
        print(f"{', '.join(map(str, shape)):>20} {1e3 * found['nn.LSTM']:10.1f}", *cells)
    print(f"{'median ratio':>31}", *(f"{statistics.median(r):16.2f}" for r in ratios.values()))


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    print(f"{processor()}; Python {platform.python_version()}, torch {torch.__version__}")
    print(f"forward and backward, median of {rounds} rounds in turns; ratio: ours to nn.LSTM")
    before = torch.get_num_threads()
    for threads in (1, 2):
        for dtype in (torch.float32, torch.float64):
            table(threads, rounds, dtype)
    torch.set_num_threads(before)


if __name__ == "__main__":
    main()
