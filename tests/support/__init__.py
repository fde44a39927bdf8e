"""What tests share: real parts, ready to use."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""
