"""What plnd says, by language."""
