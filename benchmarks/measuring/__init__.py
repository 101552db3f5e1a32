"""What all benchmarks measure with: processes of their own, a clock, a memory gauge, and tables."""
