"""The measures: pure functions, values and `now` in, values out."""
