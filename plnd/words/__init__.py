"""The texts that plnd shows, by language."""
