"""The commands, a few lines each, a module for each noun. Data on stdout, talk on stderr."""
