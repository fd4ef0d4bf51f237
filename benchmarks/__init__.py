"""What `make bench` measures. Ratios of one run hold on any machine, figures do not: see docs/benchmarks.md."""
