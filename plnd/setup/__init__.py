"""Registering plnd with browsers and at login, removing it, and finding what is broken."""
