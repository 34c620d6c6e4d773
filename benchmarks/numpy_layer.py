"""The NumPy fast layer against torch.nn.LSTM on the CPU, forward and backward together.

    python -m benchmarks.numpy_layer [--threads 1 2] [--seconds 4] [--memory] [--into FOLDER]

Each number of threads is a process of its own, with the number in the environment before NumPy
and torch are loaded. With one thread the two take turns there, and the ratio is that of their
medians: what else the machine does meanwhile falls on both. With more, each has a process of its
own, one after the other: threads of one that wait for work would disturb the other. Both
compute all seven gradients (x, h0, c0, and four of parameters), and agree before they are timed.

Memory is measured on Linux only, one process for each of the two and each shape: the most that
was resident during the second forward and backward pass, less what was resident before it.
`tracemalloc` would see NumPy's arrays and not torch's, so it cannot compare them.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import record

SHAPES = [(50, 32, 64, 128), (100, 64, 128, 256), (200, 16, 32, 64), (28, 128, 28, 128)]
SHAPES += [(784, 32, 1, 128)]
DTYPES = ("float64", "float32")
#: glibc keeps freed memory for later, where it would count as there before; this makes it let go.
LET_GO = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "0"}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.numpy_layer")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=4.0, help="for each shape and dtype")
    parser.add_argument("--memory", action="store_true", help="measure peak memory too (Linux)")
    parser.add_argument("--into", metavar="FOLDER", help="write speed_numpy.json there too")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        kind, dtype, *shape, last = json.loads(options.child)
        measure = _time if kind == "time" else _memory
        print(json.dumps(measure(dtype, tuple(shape), last)))
        return
    print(_machine())
    times = [
        _report_times(dtype, threads, options.seconds)
        for threads in options.threads
        for dtype in DTYPES
    ]
    memory = _report_memory() if options.memory else []
    if options.into:
        command = " ".join(["python -m benchmarks.numpy_layer", *sys.argv[1:]])
        made = record.provenance(command, ["numpy", "torch"])
        record.write(options.into, "speed_numpy", made, [*times, *memory])


def _report_times(dtype: str, threads: int, seconds: float) -> record.Group:
    print(f"\n{dtype}, {threads} thread{'s' * (threads > 1)}: forward + backward")
    print(f"{'(T, B, I, H)':>20} {'NumPy':>10} {'torch':>10} {'ratio':>6} {'turns':>6}")
    rows = []
    for shape in SHAPES:
        found = _times(dtype, shape, seconds, threads)
        rows.append(record.row(shape, found["numpy"] * 1e3, found["torch"] * 1e3, "ms"))
        ours, theirs, ratio = (rows[-1][name] for name in ("ours_ms", "theirs_ms", "ratio"))
        times = f"{ours:7.1f} ms {theirs:7.1f} ms {ratio:6.2f}"
        print(f"{shape!s:>20} {times} {found['turns']:6d}", flush=True)
    ratios = [row["ratio"] for row in rows]
    print(f"{'median of the ratios':>20} {median(ratios):28.2f}, largest {max(ratios):.2f}")
    return {"layer": "NumPy", "dtype": dtype, "threads": threads}, rows


def _report_memory() -> list[record.Group]:
    if not Path("/proc/self/clear_refs").exists():
        print("\nmemory: not measured, since this system does not tell a process its own peak")
        return []
    groups = []
    for dtype in DTYPES:
        print(f"\n{dtype}, one thread: peak memory of one forward and backward pass")
        print(f"{'(T, B, I, H)':>20} {'NumPy':>10} {'torch':>10} {'ratio':>6}")
        rows = []
        for shape in SHAPES:
            ours, theirs = (_child("memory", dtype, shape, who, 1) for who in ("numpy", "torch"))
            rows.append(record.row(shape, ours / 2**20, theirs / 2**20, "mib"))
            sizes = f"{ours / 2**20:6.1f} MiB {theirs / 2**20:6.1f} MiB {ours / theirs:6.2f}"
            print(f"{shape!s:>20} {sizes}", flush=True)
        groups.append(({"layer": "NumPy", "dtype": dtype, "threads": 1}, rows))
    return groups


def _times(dtype: str, shape: tuple[int, ...], seconds: float, threads: int) -> dict[str, float]:
    """Have both timed: in turns in one process, but apart where they have several threads.

    The waiting threads of one would take the processor from the other.
    """
    if threads == 1:
        return dict(_child("time", dtype, shape, [seconds, "numpy", "torch"], threads))
    apart = [
        _child("time", dtype, shape, [seconds / 2, who], threads) for who in ("numpy", "torch")
    ]
    return {**apart[0], **apart[1], "turns": min(one["turns"] for one in apart)}


def _child(
    kind: str, dtype: str, shape: tuple[int, ...], last: list[Any] | str, threads: int
) -> Any:
    task = json.dumps([kind, dtype, *shape, last])
    command = [sys.executable, "-m", "benchmarks.numpy_layer", "--child", task]
    environment = {**os.environ, **{name: str(threads) for name in THREADS}}
    if kind == "memory":
        environment.update(LET_GO)
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def _time(dtype: str, shape: tuple[int, ...], asked: list[Any]) -> dict[str, float]:
    """Take turns until the seconds are over, at least five each; return the medians."""
    import numpy as np

    seconds, *names = asked
    sides = _sides(dtype, shape)
    if len(names) == 2:
        tolerance = 1e-9 if dtype == "float64" else 1e-2
        for ours, theirs in zip(sides["numpy"](), sides["torch"](), strict=True):
            scale = float(np.abs(theirs).max())
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * scale)
    sides = {name: sides[name] for name in names}
    times: dict[str, list[float]] = {name: [] for name in names}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[names[0]]) < 5:
        for name, run in sides.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {**{n: median(taken) for n, taken in times.items()}, "turns": len(times[names[0]])}


def _memory(dtype: str, shape: tuple[int, ...], who: str) -> int:
    """Return by how many bytes the resident memory rose at its peak, in the second run."""
    run = _sides(dtype, shape)[who]
    run()
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew, from what is there now
    before = _resident("VmRSS")
    run()
    return _resident("VmHWM") - before


def _resident(which: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(which))


def _sides(dtype: str, shape: tuple[int, ...]) -> dict[str, Callable[[], list[Any]]]:
    """Both layers with the same weights, inputs and gradients from above."""
    import numpy as np
    import torch

    from lstm_ref import fast
    from lstm_ref.parameters import initialise

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    T, B, I, H = shape
    rng = np.random.default_rng(0)
    params = initialise(I, H, rng, dtype=dtype)
    sizes = ((T, B, I), (B, H), (B, H), (T, B, H), (B, H), (B, H))
    xs, h0, c0, dhs, dh_n, dc_n = (rng.normal(size=size).astype(dtype) for size in sizes)
    layer = torch.nn.LSTM(I, H, dtype=getattr(torch, dtype))
    layer.load_state_dict({f"{name}_l0": torch.tensor(a) for name, a in vars(params).items()})
    tensors = [torch.tensor(a, requires_grad=True) for a in (xs, h0[None], c0[None])]
    from_above = [torch.tensor(dhs), torch.tensor(dh_n)[None], torch.tensor(dc_n)[None]]

    def with_numpy() -> list[Any]:
        *_, saved = fast.forward(xs, h0, c0, params)
        dxs, dh0, dc0, grads = fast.backward(dhs, dh_n, dc_n, saved, params)
        return [dxs, dh0[None], dc0[None], *vars(grads).values()]

    def with_torch() -> list[Any]:
        hs, (h_n, c_n) = layer(tensors[0], (tensors[1], tensors[2]))
        wrt = [*tensors, *layer.parameters()]
        found = torch.autograd.grad([hs, h_n, c_n], wrt, from_above)
        return [gradient.numpy() for gradient in found]

    return {"numpy": with_numpy, "torch": with_torch}


def _machine() -> str:
    import numpy as np

    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    chosen = os.environ.get("OPENBLAS_CORETYPE")
    kernel = f"OPENBLAS_CORETYPE={chosen}" if chosen else "kernel chosen by BLAS itself"
    return (
        f"{record.processor()}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, NumPy {np.__version__} with "
        f"{blas['name']} {blas['version']} ({kernel}), "
        f"torch {version('torch')}"
    )


if __name__ == "__main__":
    main()
