"""How well the reader reads, beside what simpler means would do: `python -m bench.evaluation`."""
