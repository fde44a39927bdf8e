"""plnd keeps the books of a personal learning network, locally."""

__version__ = "0.1.0"
