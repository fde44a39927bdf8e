"""The process apart in which whatever a stranger wrote is parsed."""
