"""The people of the user's learning network."""
