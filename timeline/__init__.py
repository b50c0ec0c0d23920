"""What happened, when, who says so, and what was true then."""

__all__ = ["__version__"]

__version__ = "0.1.0"
