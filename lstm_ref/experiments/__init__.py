"""What the book measured by training: each module writes one file of book/results, with its origin.

`python -m lstm_ref.experiments.training` runs one anew. No experiment runs when the book is built.
"""
