"""Training in NumPy, small enough to read: `trainer`, its `losses`, and how weights are moved.

`lstm_ref.training` is the loop in torch, for what is larger. The two share the contract of
batches and of what a run leaves behind, which `lstm_ref.history` holds.
"""
