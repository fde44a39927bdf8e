"""What plnd makes of an address or a request: the networks and their rules.

The rules lie in extension/catalogue/*.json, the one source for this package and for the
extension's recogniser; both follow the same semantics, and a test holds them to the same
answers. Patterns are compiled when they are first tried.
"""
