"""Attacks by objects that lie about what they are."""

from tests.nbgrader_sandbox.hostile.attack import Attack, theme

LIAR = '''
class Liar:
    """Equal to all, smaller than all, whatever is done with it."""
    shape = (2, 3)
    ndim = 2
    dtype = np.dtype(float)
    size = 6
    __array_priority__ = 1e9

    def __init__(self, *args, **kwargs):
        pass

    def _me(self, *args, **kwargs):
        return self

    def _yes(self, *args, **kwargs):
        return True

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __matmul__ = __abs__ = _me
    __call__ = __getitem__ = sum = max = min = all = any = abs = mean = astype = copy = _me
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = _yes
    __ne__ = lambda self, other: False
    __hash__ = lambda self: 1
    __float__ = lambda self: 0.0
    __int__ = __index__ = __len__ = lambda self: 2

    def __iter__(self):
        return iter([4, 2, 2])

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return self

    def __array_function__(self, function, types, args, kwargs):
        return self

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return cls()
'''


def answer_all(body: str) -> dict[str, str]:
    """Return answers that all return what `body` gives."""
    return {
        "softmax": f"def softmax(x):\n    return {body}",
        "moving_average": f"def moving_average(xs, k):\n    return {body}",
        "standardise": f"def standardise(x, factor):\n    return {body}",
        "TanhRNN": "class TanhRNN(torch.nn.Module):\n"
        "    def __init__(self, *args):\n        super().__init__()\n"
        "    def load_state_dict(self, *args):\n        pass\n"
        f"    def forward(self, x):\n        return {body}",
    }


LYING = theme(
    "objects that lie",
    Attack("liar", "an object that equals everything", LIAR, answers=answer_all("Liar()")),
    Attack(
        "liar-called-ndarray",
        "an object whose __class__ says that it is an array",
        LIAR + "\nclass Array(Liar):\n    __class__ = np.ndarray\n\n"
        "class Tensor(Liar):\n    __class__ = torch.Tensor\n    shape = (4, 2, 2)\n",
        answers={
            **answer_all("Array()"),
            "TanhRNN": answer_all("Tensor()")["TanhRNN"],
        },
    ),
    Attack(
        "array-subclass",
        "a subclass of numpy's array whose functions all agree",
        """
class Sure(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        plain = np.zeros(self.shape)
        if ufunc in (np.less, np.less_equal, np.equal):
            return np.ones(self.shape, dtype=bool)
        return plain.view(Sure)

    def __array_function__(self, function, types, args, kwargs):
        return True

    def sum(self, *args, **kwargs):
        return np.ones(2)

    def max(self, *args, **kwargs):
        return 0.0
""",
        answers=answer_all("np.zeros((2, 3)).view(Sure)"),
    ),
    Attack(
        "torch-subclass",
        "a subclass of torch's tensor whose functions all return zero",
        """
class Sure(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return torch.zeros(4, 2, 2)

    @property
    def shape(self):
        return torch.Size((4, 2, 2))
""",
        answers=answer_all("torch.zeros(4, 2, 2).as_subclass(Sure)"),
    ),
    Attack(
        "asks-to-be-an-array",
        "an object whose __array__ differs from call to call",
        """
class Changing:
    shape = (2, 3)
    calls = 0

    def __array__(self, dtype=None, copy=None):
        import gc
        for other in gc.get_objects():
            if type(other) is np.ndarray and other.dtype == float and 0 < other.size < 99:
                return other
        return np.zeros(self.shape)

    def __float__(self):
        return 0.0
""",
        answers=answer_all("Changing()"),
    ),
    Attack(
        "float-subclass",
        "numbers of a subclass of float that equal and undercut all others",
        """
class F(float):
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = __mul__ = __rmul__ = lambda self, *other: self

class L(list):
    __eq__ = lambda self, other: True
    __sub__ = __rsub__ = lambda self, other: self
    shape = (3,)
""",
        answers=answer_all("L([F(0), F(0), F(0)])"),
    ),
    Attack(
        "nan",
        "NaN in all places, which some comparisons take for equal",
        answers=answer_all("np.full((2, 3), np.nan)"),
    ),
    Attack(
        "nan-of-the-right-shape",
        "NaN and infinity in the arguments' own shape",
        answers={
            "softmax": "def softmax(x):\n    return x * np.nan",
            "moving_average": "def moving_average(xs, k):\n"
            "    return [float('nan')] * (len(xs) - k + 1)",
            "standardise": "def standardise(x, factor):\n    return x * np.inf - np.inf",
        },
    ),
    Attack(
        "empty",
        "empty arrays, which differ from nothing",
        answers=answer_all("np.empty((0, 2, 3))"),
    ),
    Attack(
        "argument-changed-to-nan",
        "the argument is filled with NaN, so that what is computed from it is NaN as well",
        answers={
            "softmax": "def softmax(x):\n    x[...] = np.nan\n    return x",
            "standardise": "def standardise(x, factor):\n    x[...] = np.nan\n    return x",
        },
    ),
    Attack(
        "argument-changed-to-suit",
        "the weights that the test gives are made zero, and so is the right result",
        answers={
            "TanhRNN": """
class TanhRNN(torch.nn.Module):
    def __init__(self, *args):
        super().__init__()

    def load_state_dict(self, weights):
        for weight in weights.values():
            weight.zero_()

    def forward(self, xs):
        return torch.zeros(4, 2, 2)
"""
        },
    ),
    Attack(
        "lying-shape",
        "arrays of strides 0 and of a shape set by hand",
        answers=answer_all(
            "np.lib.stride_tricks.as_strided(np.zeros(1), shape=(2, 3), strides=(0, 0))"
        ),
    ),
    Attack(
        "broadcast-giant",
        "an array of 10 TB that takes 8 bytes",
        answers=answer_all("np.broadcast_to(np.zeros(1), (10**6, 10**6))"),
        says="",
    ),
    Attack(
        "metaclass",
        "a metaclass whose instances pass isinstance and compare as equal",
        """
class Meta(type):
    def __instancecheck__(cls, other):
        return True
    def __subclasscheck__(cls, other):
        return True
    def __eq__(cls, other):
        return True
    def __getattr__(cls, name):
        return cls
    def __call__(cls, *args, **kwargs):
        return cls
    def __abs__(cls): return cls
    def __sub__(cls, other): return cls
    def __lt__(cls, other): return True
    def __bool__(cls): return True
    __hash__ = type.__hash__

class softmax(metaclass=Meta): shape = (2, 3)
class standardise(metaclass=Meta): shape = (7,)
class moving_average(metaclass=Meta): shape = (3,)
class TanhRNN(metaclass=Meta): shape = (4, 2, 2)
""",
        answers=dict.fromkeys(("softmax", "moving_average", "standardise", "TanhRNN"), "pass"),
    ),
    Attack(
        "object-dtype",
        "an object array of liars",
        LIAR,
        answers=answer_all("np.array([[Liar()] * 3] * 2, dtype=object)"),
    ),
    Attack(
        "pickle-bomb",
        "objects that run a command where they are unpickled or copied",
        """
import builtins

class Bomb:
    def __reduce__(self):
        return exec, ("open('@COURSE@/BROKEN-@NAME@', 'w').write('x')",)

    def __deepcopy__(self, memo):
        return 3
""",
        answers=answer_all("np.array([[Bomb()] * 3] * 2, dtype=object)"),
    ),
    Attack(
        "structured-array",
        "structured, masked, void, datetime and matrix arrays",
        answers={
            "softmax": "def softmax(x):\n    return np.ma.masked_all((2, 3))",
            "moving_average": "def moving_average(xs, k):\n    return np.zeros(3, dtype='V8')",
            "standardise": "def standardise(x, f):\n    return np.ma.masked_array(x, mask=True)",
            "TanhRNN": "def TanhRNN(*args):\n"
            "    return np.zeros(3, dtype=[('load_state_dict', 'f8')])",
        },
    ),
    Attack(
        "true-and-text",
        "True, text and numbers in the place of arrays, since some values count as full marks",
        answers={
            "softmax": "softmax = True",
            "moving_average": "def moving_average(xs, k):\n    return 'full marks'",
            "standardise": "standardise = np.float64(2.5)",
            "TanhRNN": "TanhRNN = 2",
        },
    ),
    Attack(
        "grows-when-looked-at",
        "a list whose length and items change each time that they are read",
        """
class Growing(list):
    n = 0
    def __len__(self):
        Growing.n += 1
        return 3
    def __iter__(self):
        while True:
            yield 0.0
    def __getitem__(self, i):
        return self
""",
        answers=answer_all("Growing([1.0])"),
    ),
    Attack(
        "tensor-of-another-kind",
        "sparse, meta, quantised and complex tensors",
        answers={
            "TanhRNN": "class TanhRNN(torch.nn.Module):\n"
            "    def __init__(self, *args):\n        super().__init__()\n"
            "    def load_state_dict(self, *args):\n        pass\n"
            "    def forward(self, x):\n"
            "        return torch.empty(4, 2, 2, device='meta')",
            "softmax": "def softmax(x):\n    return torch.sparse_coo_tensor(size=(2, 3))",
            "standardise": "def standardise(x, f):\n    return torch.full(x.shape, complex('nan'))",
        },
    ),
)
