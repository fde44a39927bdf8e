"""People: handles, ties, merging two into one, finding them, importing them."""
