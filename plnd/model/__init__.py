"""The words of the API as data, a module for each noun."""
