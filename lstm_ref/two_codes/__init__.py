"""One layer written twice, in NumPy and in torch, line against line, for the chapter on torch.

`in_numpy` and `in_torch` have the same lines in the same order: what differs between two lines
that stand side by side is what torch does in another way. To load this package loads neither.
"""
