"""Attacks on forbidden names that ask for them where Python and torch keep what they once had."""

from tests.nbgrader_sandbox.hostile.attack import Attack, theme
from tests.nbgrader_sandbox.hostile.attacks_policy import FUNCTION, MODULE, SHELL

#: `function` is the first of the generator `ways` that gives anything. Each is tried in a process
#: of its own, as some of torch's own checks end it.
TRIED = """
import os

def keys_here():
    others = ("CUDA", "HIP", "XLA", "MPS", "IPU", "XPU", "HPU", "VE", "Lazy", "MTIA", "MAIA",
              "Private", "Quantized", "Sparse", "FPGA", "Vulkan", "Metal")
    return [key for name, key in torch._C.DispatchKey.__members__.items()
            if not any(other in name for other in others)]

def function(x, h, w, *rest):
    for way in ways():
        here, there = os.pipe()
        if os.fork() == 0:
            try:
                found = way(x, h, w, *rest)[0].detach().float().numpy()
                os.write(there, found.tobytes())
            finally:
                os._exit(0)
        os.close(there)
        told = os.read(here, 1 << 16)
        os.close(here)
        os.wait()
        if told:
            found = np.frombuffer(told, np.float32).copy()
            return (torch.from_numpy(found).reshape(*x.shape[:2], -1),)
    raise RuntimeError("none")

"""

OP = "op = torch.ops.aten.rnn_tanh.input\n"


def _back(name: str, what: str, how: str, tail: str = FUNCTION, code: str = "") -> Attack:
    return Attack(f"given-{name}", what, code, answers={"TanhRNN": how + tail + SHELL})


GIVEN_BACK = theme(
    "forbidden names given back",
    _back(
        "helpers",
        "the functions that the operator's text in Python is put together from",
        "import torch._decomp.decompositions as d\n\n"
        "def function(x, h, w, *rest):\n    cell = d.rnn_cell(torch.tanh)\n"
        "    return d.one_layer_rnn(x, h[0], w, True, cell)\n",
    ),
    _back(
        "fallthrough",
        "kernels that fall through to what was there before are put over the refusing one",
        "lib = torch.library.Library('aten', 'IMPL')\n"
        "for key in ('CompositeImplicitAutograd', 'CompositeExplicitAutograd', 'CPU', "
        "'AutogradCPU'):\n    try:\n"
        "        lib.impl('rnn_tanh.input', torch.library.fallthrough_kernel, key)\n"
        "    except Exception:\n        pass\nfunction = torch.ops.aten.rnn_tanh.input\n",
    ),
    _back(
        "kernels",
        "the kernels that torch's dispatcher hands out, for each of its keys",
        TRIED + "def ways():\n    for key in keys_here():\n"
        "        keys = torch._C.DispatchKeySet(key)\n"
        "        try:\n            kernel = torch.library.get_kernel('aten::rnn_tanh.input', key)\n"
        "        except Exception:\n            continue\n"
        "        yield lambda *words: kernel.call_boxed(keys, *words)\n",
    ),
    _back(
        "keys",
        "the operator sent on to each key of the dispatcher, one after the other",
        OP + TRIED + "def ways():\n    for key in keys_here():\n"
        "        yield lambda *words: op.redispatch(torch._C.DispatchKeySet(key), *words)\n",
    ),
    _back(
        "boxed",
        "the operator's own handle in C, called in boxes",
        "handle = torch._C._dispatch_find_schema_or_throw('aten::rnn_tanh', 'input')\n"
        + TRIED
        + "def ways():\n    for key in keys_here():\n"
        "        keys = torch._C.DispatchKeySet(key)\n"
        "        yield lambda *words: handle.redispatch_boxed(keys, *words)\n",
    ),
    _back(
        "transforms",
        "the operator within torch.func: batched, functional, with derivatives of both kinds",
        OP
        + TRIED
        + "def ways():\n    f = torch.func\n    for tool in (f.functionalize, torch.vmap):\n"
        "        yield lambda x, h, w, *rest: tool(lambda x: op(x, h, w, *rest))(x)\n"
        "    yield lambda x, h, w, *rest: f.vjp(lambda x: op(x, h, w, *rest), x)[0]\n"
        "    yield lambda x, h, w, *rest: f.jvp(lambda x: op(x, h, w, *rest), (x,), (x,))[0]\n",
    ),
    _back(
        "nested",
        "the operator on nested, sparse and half-sized tensors, which have kernels of their own",
        OP + TRIED + "def ways():\n"
        "    nested = torch.nested.nested_tensor\n"
        "    yield lambda x, *rest: op(nested([*x]), *rest)\n"
        "    yield lambda x, *rest: op(x.to_sparse(), *rest)\n"
        "    yield lambda x, h, w, *rest: op(x.half(), h.half(), [v.half() for v in w], *rest)\n"
        "    def cast(*words):\n        with torch.autocast('cpu', dtype=torch.float16):\n"
        "            return op(*words)\n    yield cast\n",
    ),
    _back(
        "graph-text",
        "a graph read from a text in torch's own language, made a function",
        "graph = torch._C.parse_ir('''\n"
        "graph(%x : Tensor, %h : Tensor, %a : Tensor, %b : Tensor, %c : Tensor, %d : Tensor):\n"
        "  %w : Tensor[] = prim::ListConstruct(%a, %b, %c, %d)\n"
        "  %t : bool = prim::Constant[value=1]()\n  %n : int = prim::Constant[value=1]()\n"
        "  %z : float = prim::Constant[value=0.]()\n  %f : bool = prim::Constant[value=0]()\n"
        "  %o : Tensor, %q : Tensor = aten::rnn_tanh(%x, %h, %w, %t, %n, %z, %f, %f, %f)\n"
        "  return (%o)''')\nmade = torch._C._create_function_from_graph('f', graph)\n"
        "function = lambda x, h, w, *rest: (made(x, h, *w),)\n",
    ),
    _back(
        "pre-dispatch",
        "a trace of the operator from before it is dispatched",
        OP + "def function(x, h, w, *rest):\n"
        "    call = lambda x: op(x, h, w, True, 1, 0.0, False, False, False)\n"
        "    return make_fx(call, pre_dispatch=True)(x)(x)\n",
        code="from torch.fx.experimental.proxy_tensor import make_fx",
    ),
    _back(
        "disabled-functions",
        "the operator with torch's own hooks for subclasses and modes turned off",
        OP + "def function(*words):\n"
        "    with torch._C.DisableTorchFunctionSubclass(), torch._C._DisableTorchDispatch():\n"
        "        return torch._C._VariableFunctionsClass.rnn_tanh(*words)\n",
    ),
    _back(
        "cleared-tables",
        "all that torch notes of the operator in Python is emptied, so that it is looked up anew",
        OP + "op.py_kernels.clear()\nop._dispatch_cache.clear()\n"
        "torch.ops.aten.__dict__.pop('rnn_tanh', None)\n"
        "torch.ops.aten.rnn_tanh._dir.clear()\nfunction = torch.ops.aten.rnn_tanh.input\n",
    ),
    _back(
        "code-objects",
        "the emptied functions' old code, looked for among all objects and made functions again",
        "import gc, types\n"
        "codes = [o for f in gc.get_objects() if isinstance(f, (types.FunctionType, tuple))\n"
        "         for o in ([f.__code__] if not isinstance(f, tuple) else f)\n"
        "         if isinstance(o, types.CodeType) and 'rnn_' + 'tanh' in o.co_names]\n"
        "f = types.FunctionType(codes[0], vars(torch.nn.modules.rnn))\n"
        "function = lambda x, h, w, *rest: f(\n"
        "    types.SimpleNamespace(_flat_weights=w, bias=True), x)\n",
    ),
    _back(
        "generator-frame",
        "the modules of torch as the frame of one of its generators sees them",
        "steps = torch.nn.Linear(1, 1).named_modules()\nnext(steps)\n"
        "space = steps.gi_frame.f_globals\n"
        "made = space['__builtins__']['__import__']('torch.nn.modules.rnn', space, {}, ['*'])\n"
        "made = made.__dict__.get('R' + 'NN') or made.RNNBase.__subclasses__()[0]\n",
        MODULE,
    ),
    _back(
        "refusal-taken-apart",
        "the frames of the refusal itself: what refuses is given other code, and told to go on",
        OP + "import gc, types\n\ndef function(*words):\n    try:\n        op(*words)\n"
        "    except Exception as error:\n        step = error.__traceback__\n"
        "        while step.tb_next:\n            step = step.tb_next\n"
        "        code = step.tb_frame.f_code\n        for one in gc.get_referrers(code):\n"
        "            if isinstance(one, types.FunctionType):\n"
        "                free = one.__code__.co_freevars\n"
        "                made = lambda *w: __import__('torch').ops.aten.rnn_tanh.input(*w)\n"
        "                one.__code__ = made.__code__.replace(co_freevars=free)\n"
        "    return op(*words)\n",
    ),
    _back(
        "by-operator-and-functools",
        "the names put together by operator, functools and copyreg instead of by dots",
        "import copyreg, functools, operator\n"
        "parts = ['n' + 'n', 'modules', 'rnn', 'R' + 'NN']\n"
        "made = functools.reduce(lambda o, part: operator.attrgetter(part)(o), parts, torch)\n"
        "made = functools.partial(made)\nmade = copyreg.__newobj__ and made\n",
        MODULE,
    ),
    _back(
        "refusal-handled",
        "errors of the question's own class are made to be swallowed, before they are raised",
        OP + "import sys\nfrom nbgrader_sandbox.worker import late\n"
        "late.ForbiddenName.__new__ = lambda *a: None\nlate.ForbiddenName.__init__ = None\n"
        "function = lambda *words: op(*words)\n",
    ),
    _back(
        "class-beside",
        "the class is given its methods back from a class beside it that has the same ones",
        "import torch.nn.modules.rnn as m\n"
        "base = m.GRU.__mro__[1]\nfor name in ('__init__', 'forward', '__call__', '__new__'):\n"
        "    good = getattr(m.GRU, name, None) or getattr(torch.nn.Module, name)\n"
        "    try:\n        setattr(base, name, vars(m.GRU).get(name, good))\n"
        "    except Exception:\n        pass\n"
        "def made(I, H):\n    one = object.__new__(base)\n    torch.nn.Module.__init__(one)\n"
        "    base.__init__(one, 'RNN_TANH', I, H)\n    return one\n",
        MODULE,
    ),
)
