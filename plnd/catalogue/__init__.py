"""The networks, and the rules by which addresses and requests are recognised.

The rules lie in extension/catalogue/*.json, the one source for this package and for the
extension's recogniser; both give the same answers, which a test checks. A pattern is compiled
when it is first used.
"""
