"""The calculations: pure functions of values and `now`, without clock, files or network."""
