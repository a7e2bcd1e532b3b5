"""Benchmarks that users can run on their own files: `python -m casefiles.bench.NAME`."""
