"""What students of the sample class wrote: four right styles, mistakes, slips of beginners.

Written here and not taken from the checks, so that grading the class tests the checks.
"""

FORGET_GATE = {
    "matrix product": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    z = x @ W_f.T + h_prev @ U_f.T + b_f
    return 1 / (1 + np.exp(-z))
""",
    "einsum": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    z = np.einsum("hi,...i->...h", W_f, x) + np.einsum("hk,...k->...h", U_f, h_prev) + b_f
    return 0.5 * (1 + np.tanh(z / 2))
""",
    "concatenated weights": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    both = np.concatenate([x, h_prev], axis=-1)
    weights = np.concatenate([W_f, U_f], axis=1)
    z = np.dot(both, weights.T) + b_f
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))
""",
    "loops": """
import math


def squash(z):
    if z < 0:
        return math.exp(z) / (1 + math.exp(z))
    return 1 / (1 + math.exp(-z))


def forget_gate(x, h_prev, W_f, U_f, b_f):
    if np.ndim(x) == 2:
        return np.array([forget_gate(a, h, W_f, U_f, b_f) for a, h in zip(x, h_prev)])
    f = []
    for unit in range(len(b_f)):
        z = b_f[unit]
        for k in range(len(x)):
            z = z + W_f[unit][k] * x[k]
        for k in range(len(h_prev)):
            z = z + U_f[unit][k] * h_prev[k]
        f.append(squash(z))
    return np.array(f)
""",
    "no bias": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    z = x @ W_f.T + h_prev @ U_f.T
    return 1 / (1 + np.exp(-z))
""",
    "tanh": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    return np.tanh(x @ W_f.T + h_prev @ U_f.T + b_f)
""",
    "U transposed": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    z = x @ W_f.T + h_prev @ U_f + b_f
    return 1 / (1 + np.exp(-z))
""",
    "one minus": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    z = x @ W_f.T + h_prev @ U_f.T + b_f
    return 1 - 1 / (1 + np.exp(-z))
""",
    "W and U swapped": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    z = x @ U_f.T + h_prev @ W_f.T + b_f
    return 1 / (1 + np.exp(-z))
""",
    "overflow": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    z = x @ W_f.T + h_prev @ U_f.T + b_f
    return np.exp(z) / (1 + np.exp(z))
""",
    "constant": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    return np.full(np.shape(h_prev), 0.5)
""",
    "W @ x": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    return sigmoid(W_f @ x + U_f @ h_prev + b_f)
""",
    "raise left": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    z = x @ W_f.T + h_prev @ U_f.T + b_f
    f = sigmoid(z)
    # YOUR CODE HERE
    raise NotImplementedError("write your answer here")
""",
    "no return": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    z = x @ W_f.T + h_prev @ U_f.T + b_f
    f = sigmoid(z)
""",
    "print returned": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    f = sigmoid(x @ W_f.T + h_prev @ U_f.T + b_f)
    return print(f)
""",
    "name misspelt": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    z = x @ W_f.T + h_prv @ U_f.T + b_f
    return sigmoid(z)
""",
    "math.exp": """
import math

def forget_gate(x, h_prev, W_f, U_f, b_f):
    z = x @ W_f.T + h_prev @ U_f.T + b_f
    return 1 / (1 + math.exp(-z))
""",
    "arguments reordered": """
def forget_gate(x, W_f, h_prev, U_f, b_f):
    return sigmoid(x @ W_f.T + h_prev @ U_f.T + b_f)
""",
    "bias twice": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    from_x = x @ W_f.T + b_f
    from_h = h_prev @ U_f.T + b_f
    return sigmoid(from_x + from_h)
""",
    "two slips": """
def forget_gate(x, h_prev, W_f, U_f, b_f):
    return np.tanh(x @ W_f.T + h_prev @ U_f + b_f)
""",
    "syntax error": """
def forget_gate(x, h_prev, W_f, U_f, b_f)
    z = x @ W_f.T + h_prev @ U_f.T + b_f
    return 1 / (1 + np.exp(-z))
""",
}

KEEP = {
    "product": """
def keep(f, c_prev):
    return f * c_prev
""",
    "multiply": """
def keep(f, c_prev):
    return np.multiply(f, c_prev)
""",
    "loops": """
def keep(f, c_prev):
    if np.ndim(f) == 0:
        return f * c_prev
    return np.array([keep(a, b) for a, b in zip(f, c_prev)])
""",
    "loops without return": """
def keep(f, c_prev):
    kept = []
    for share, memory in zip(f, c_prev):
        kept.append(share * memory)
""",
    "squashed": """
def keep(f, c_prev):
    return f * np.tanh(c_prev)
""",
    "adds": """
def keep(f, c_prev):
    return f + c_prev
""",
    "one minus": """
def keep(f, c_prev):
    return (1 - f) * c_prev
""",
    "constant": """
def keep(f, c_prev):
    return np.zeros(np.shape(c_prev))
""",
}

WHY = {
    "share": (
        "With sigmoid the product lies between 0 and 2, with tanh between -2 and 2. A negative "
        "value turns the memory into its opposite, which is worse than to forget it. At z = -2 "
        "sigmoid gives 0.119 and keeps 0.238 of the memory; tanh gives -0.964 and makes it -1.93."
    ),
    "short": "Sigmoid is between 0 and 1, so it keeps part of the memory. tanh can be negative.",
    "wrong": "Nothing changes much, because tanh is the faster function.",
}
