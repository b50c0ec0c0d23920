"""Python's collector of garbage while something is measured."""

import gc

from timeline.cli.console import SELDOM


def quiet() -> None:
    """As servers and commands have it; and what the benchmark itself holds is not for it to walk through."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
