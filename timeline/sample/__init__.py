"""The sample timeline: one news story of January 2025, each of its claims an event."""

from importlib import resources

from timeline.exchange import append_lines
from timeline.timelines import Timelines

SLUG = "ai-race"
TITLE = "The AI race, January 2025"
DESCRIPTION = "One app overtakes another, and what stands behind it: models, chips, money and export controls."
QUERY = """\
{
  timeline(slug: "ai-race") {
    events(filter: { entities: ["app:chatgpt"], kinds: ["chart.milestone"] }, orderBy: OCCURRED_DESC) {
      nodes {
        headline
        occurred { text }
        sources { title publisher url }
        ... on ChartMilestone { rank chart { name } }
      }
    }
  }
}"""


def load(timelines: Timelines) -> int:
    """Make the timeline `ai-race` if it is not there; returns the number of its records."""
    timelines.create(SLUG, TITLE, DESCRIPTION)
    lines = (resources.files(__name__) / "events.jsonl").read_bytes().splitlines()
    for _ in append_lines(timelines, SLUG, lines):
        pass
    return len(lines)
