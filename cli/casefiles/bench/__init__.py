"""Benchmarks that users can run on their own files: `python -m casefiles.bench.NAME`."""

from casefiles.models.embedding import one_blas_thread

one_blas_thread()  # before a benchmark imports numpy
