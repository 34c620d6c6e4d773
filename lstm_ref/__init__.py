"""The reference implementation of the LSTM course: read it when you are done.

Importing this package needs NumPy alone. Reading order:

- the LSTM forward: `arrays`, `activations`, `gates`, `parameters`, `cell`, `layer`;
- its gradients by hand: `bptt`, checked by `gradcheck`; both again, for speed: `fast`;
- sequences of different length, several layers, both directions, dropout: `stack`;
- its relatives (plain RNN, GRU, peepholes, 1997, coupled gates): `rnn`;
- training in NumPy: `numpy_training`; in torch: `training`; the tasks in `datasets`;
- in torch, in place of `torch.nn.LSTM`: `torch_lstm`;
- other libraries' weights: `conventions`, `onnx_export`;
- to see inside a run: `trace`, `plots`, `figures`;
- the exercises: `checks`, and `given`, what later ones take from earlier ones.
"""

__version__ = "0.1.0"
