"""The user's own profiles on the networks."""
