"""What students write, one module a part: the right answer, the oracle, the inputs, the mistakes."""
