"""What differs between systems: files, locks, processes, limits, signals, sockets.

Each module here answers one question about the system, and no other room asks it. Nothing here
imports another room, except `plnd.errors`.
"""
