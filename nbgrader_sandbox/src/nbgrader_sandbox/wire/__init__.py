"""What crosses the sandbox boundary: plain values in frames, and nothing that can run."""
