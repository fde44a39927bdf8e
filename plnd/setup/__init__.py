"""Setting plnd up beside browsers, and finding what is broken."""
