"""The worker: a process of its own, with limits, that parses untrusted content."""
