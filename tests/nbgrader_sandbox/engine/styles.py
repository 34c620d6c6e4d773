"""Notebooks that honest students hand in: the same gate, written in many styles."""

#: The name of each style, and a cell that defines `gate` in it.
STYLES = {
    "def": """
def gate(x):
    return 1 / (1 + np.exp(-x))
""",
    "lambda": """
gate = lambda x: 1 / (1 + np.exp(-x))
""",
    "class": """
class Gate:
    def __call__(self, x):
        return 1 / (1 + np.exp(-x))
gate = Gate()
""",
    "method": """
class Gate:
    def run(self, x):
        return 1 / (1 + np.exp(-x))
gate = Gate().run
""",
    "closure": """
def make(k):
    def gate(x):
        return k / (k + np.exp(-x))
    return gate
gate = make(1)
""",
    "decorator": """
import functools
def loud(f):
    @functools.wraps(f)
    def g(*a, **k):
        print('called')
        return f(*a, **k)
    return g
@loud
def gate(x):
    return 1 / (1 + np.exp(-x))
""",
    "partial": """
from functools import partial
def f(k, x):
    return k / (1 + np.exp(-x))
gate = partial(f, 1)
""",
    "cache": """
import functools
@functools.cache
def one(): return 1
def gate(x):
    return one() / (1 + np.exp(-x))
""",
    "dataclass": """
from dataclasses import dataclass
@dataclass
class Gate:
    k: float = 1.0
    def __call__(self, x):
        return self.k / (1 + np.exp(-x))
gate = Gate()
""",
    "global state": """
sharpness = 1
calls = []
def gate(x):
    calls.append(1)
    return sharpness / (1 + np.exp(-x))
""",
    "generator inside": """
def parts(x):
    yield from (np.exp(-v) for v in x)
def gate(x):
    return 1 / (1 + np.array(list(parts(x))))
""",
    "not ASCII": """
def σ(größe):
    return 1 / (1 + np.exp(-größe))
gate = σ
""",
    "annotations": """
from __future__ import annotations
def gate(x: np.ndarray) -> Nothing:
    return 1 / (1 + np.exp(-x))
""",
    "loop": """
import math
def gate(x):
    out = np.zeros_like(x)
    for k in range(len(x)):
        out[k] = 1 / (1 + math.exp(-x[k]))
    return out
""",
    "prints and warns": """
import warnings, sys
def gate(x):
    print(x)
    display(x)
    warnings.warn('careful')
    print(x, file=sys.stderr)
    return 1 / (1 + np.exp(-x))
""",
    "plots": """
import matplotlib.pyplot as plt
def gate(x):
    plt.plot(x)
    plt.show()
    return 1 / (1 + np.exp(-x))
""",
    "logs": """
import logging
logging.basicConfig(level='INFO')
def gate(x):
    logging.info('%s', x)
    return 1 / (1 + np.exp(-x))
""",
    "magic": """
%matplotlib inline
%load_ext autoreload
%autoreload 2
def gate(x):
    return 1 / (1 + np.exp(-x))
%timeit -n1 -r1 gate(np.ones(2))
""",
    "timed": """
%%time
def gate(x):
    return 1 / (1 + np.exp(-x))
""",
    "async": """
import asyncio
async def later(x):
    await asyncio.sleep(0)
    return 1 / (1 + np.exp(-x))
def gate(x):
    return asyncio.run(later(x))
""",
    "threads": """
from concurrent.futures import ThreadPoolExecutor
def gate(x):
    with ThreadPoolExecutor(2) as pool:
        return np.array(list(pool.map(lambda v: 1 / (1 + np.exp(-v)), x)))
""",
    "error state": """
np.seterr(all='raise')
def gate(x):
    return 1 / (1 + np.exp(-x))
""",
    "shadowed names": """
list = [1]
len = 3
str = 'x'
type = None
def gate(x):
    return 1 / (1 + np.exp(-x))
""",
    "torch inside": """
import torch
def gate(x):
    return torch.sigmoid(torch.tensor(x)).numpy()
""",
    "file": """
%%writefile my_gate.py
import numpy as np
def gate(x):
    return 1 / (1 + np.exp(-x))
""",
    "recursion": """
def power(b, n):
    return 1 if n == 0 else b * power(b, n - 1)
def gate(x):
    return power(1, 500) / (1 + np.exp(-x))
""",
}
