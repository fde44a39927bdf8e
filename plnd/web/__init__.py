"""The local API and the dashboard page over HTTP."""
