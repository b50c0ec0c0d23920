"""The command line. Each module adds its commands to the one application."""

import atexit
import gc
import sys

from timeline.cli import data, importing, proof, serving, tail, upkeep
from timeline.cli.console import app, fail
from timeline.errors import TimelineError

__all__ = ["app", "data", "importing", "main", "proof", "serving", "tail", "upkeep"]


def main() -> None:
    """Run a command. What the caller can mend is one line on standard error and exit status 1."""
    atexit.register(gc.freeze)  # else Python looks for garbage once more, which takes a tenth of a second
    try:
        app()
    except TimelineError as error:
        fail(error.message)
    except ValueError as error:
        fail(str(error))
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
