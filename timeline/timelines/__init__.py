"""The facade: named timelines that are appended to and read. It owns transactions, the clock and the one writer."""

from timeline.timelines.facade import Timelines, wall_clock
from timeline.timelines.outcomes import Appended, EntitiesUnchanged, NewEntities

__all__ = ["Appended", "EntitiesUnchanged", "NewEntities", "Timelines", "wall_clock"]
