"""Placeholder until merged."""
from lstm_ref.activations import Array, as_float
__all__ = ["Array", "as_float"]
