"""What students write, one module a part: right answer, oracle, inputs, mistakes."""
