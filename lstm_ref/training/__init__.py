"""Training in torch: one small loop for experiments and applications.

    model, history = fit(
        lambda: ReadOut(LSTM(2, 16), 16, 1),
        partial(adding, length=50, batch_size=32),
        nn.functional.mse_loss,
        steps=2000,
        seed=3,
        checkpoint="adding.pt",
    )
    history.write("adding.json")

`fit` seeds, clips, validates, stops early, shows a bar, and goes on where it was killed. Batches
and history are as in `lstm_ref.numpy_training`, the same in NumPy and small enough to read:
`lstm_ref.history` holds what the two share. Needs torch and tqdm.
"""

from lstm_ref.history import Batches, History
from lstm_ref.training.loop import find_device, fit, tensor, update
from lstm_ref.training.model import ReadOut

__all__ = ["Batches", "History", "ReadOut", "find_device", "fit", "tensor", "update"]
