"""`python -m benchmarks.peers`."""

import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlmodel import create_engine

from benchmarks.peers import asking, node, servers
from benchmarks.peers.world import RECORDED, fill_ours, fill_theirs
from benchmarks.places import Place, places
from benchmarks.serving import serving
from timeline import kinds as shipped
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.domain.kinds import Kinds
from timeline.timelines import Timelines

PAGES = ["floor", "events", "past", "unchanged", "state", "deep"]
CONNECTIONS = (1, 8)
_WIDE = 150  # characters of a table that goes to a file
OURS = "timeline"
Samples = Mapping[tuple[str, str, int], list[tuple[float, list[float]]]]


@dataclass(frozen=True)
class Contender:
    """Who answers: in the words of which dialect, and by which command."""

    name: str
    dialect: str
    command: list[str]
    folder: Path | None = None


def run(
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured; the medians count.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long each page is asked for in a round.")] = 1.5,
    only: Annotated[
        list[str] | None, typer.Option(help="A contender whose name has this in it. Can be repeated.")
    ] = None,
    page: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(PAGES)}. Can be repeated.")] = None,
    budget: Annotated[float, typer.Option(help="No round begins after so many seconds.")] = 900,
    folder: Annotated[Path | None, typer.Option(help="A folder on a disk for the databases.")] = None,
) -> None:
    """Measure how fast pages are answered, beside an afternoon's build, PostGraphile and Mercurius."""
    out, err = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE), Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="timeline-peers-", dir=folder) as work, ExitStack() as stack:
        wanted = [
            each
            for each in stack.enter_context(_contenders(Path(work), err))
            if not only or any(part in each.name for part in only)
        ]
        ports = {each.name: stack.enter_context(serving(each.command, cwd=each.folder))[1] for each in wanted}
        asked = page or PAGES
        requests = asking.compared([(each.name, each.dialect, ports[each.name]) for each in wanted], asked)
        err.print("All answers are equal.")
        load, until = stack.enter_context(servers.loading()), time.monotonic() + budget
        samples: dict[tuple[str, str, int], list[tuple[float, list[float]]]] = defaultdict(list)
        for number in range(rounds):
            if number and time.monotonic() > until:
                break
            turns = [(each, page, count) for page in asked for count in CONNECTIONS for each in wanted]
            for each, page_asked, count in turns[:: -1 if number % 2 else 1]:
                if (several := requests.get((each.name, page_asked))) is None:
                    continue
                port = ports[each.name]
                if number == 0:
                    load(port, several, count, seconds)  # what is compiled when it is hot has to be hot
                told = load(port, several, count, seconds)
                samples[each.name, page_asked, count].append((told["rate"], told["latencies"]))
            err.print(f"Round {number + 1} of {rounds} is done.")
    for each_page in asked:
        out.print(_table(each_page, wanted, samples))
        if (ratios := _ratios(each_page, wanted, samples)).row_count:
            out.print(ratios)


@contextmanager
def _contenders(work: Path, err: Console) -> Iterator[list[Contender]]:
    """Everybody who can be had here, over databases that are filled."""
    with places(work, {"sqlite", "postgres"}) as found, ExitStack() as stack:
        node_folder = node.installed(work / "node", err)
        contenders = []
        for place in found:
            err.print(f"Filling two databases on {place.version} …")
            mine, others = stack.enter_context(place.fresh()), stack.enter_context(place.fresh())
            _fill(place, mine, others)
            contenders.append(Contender(f"{OURS}, {place.name}", "ours", servers.ours(mine)))
            anew = servers.ours(mine, keeps=False)
            contenders.append(Contender(f"{OURS} keeping no answers, {place.name}", "ours", anew))
            driver = _with_driver(others)
            contenders.append(Contender(f"afternoon, {place.name}", "plain", servers.afternoon(driver)))
            if place.name == "postgres" and node_folder:
                contenders += [
                    Contender(name, dialect, node.command(script, others), node_folder)
                    for name, dialect, script in node.SERVERS
                ]
        yield contenders


def _fill(place: Place, mine: str, others: str) -> None:
    database = Database.open(mine)
    migrate(database)
    with closing(Timelines(database, Kinds.of(shipped), clock=lambda: RECORDED)) as timelines:
        fill_ours(timelines)
    for address in (mine, others):
        engine = create_engine(_with_driver(address), isolation_level="AUTOCOMMIT" if address == mine else None)
        if address == others:
            fill_theirs(engine)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE" if place.name == "sqlite" else "VACUUM ANALYZE"))
        engine.dispose()


def _with_driver(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://")


def _table(page: str, wanted: list[Contender], samples: Samples) -> Table:
    """For each number of connections: requests a second, the median of the rounds; and how long requests took."""
    table = Table(title=page)
    for heading in ("", *(f"{what}, {count}" for count in CONNECTIONS for what in ("rate", "p50 ms", "p99 ms"))):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for each in wanted:
        cells = [each.name]
        for count in CONNECTIONS:
            if found := samples.get((each.name, page, count)):
                quantiles = statistics.quantiles([one for _, several in found for one in several], n=100)
                rate = statistics.median(rate for rate, _ in found)
                cells += [f"{rate:,.0f}", f"{quantiles[49] * 1e3:.2f}", f"{quantiles[98] * 1e3:.2f}"]
        if cells[1:]:
            table.add_row(*cells)
    return table


def _ratios(page: str, wanted: list[Contender], samples: Samples) -> Table:
    """How many times as many requests ours answers: the medians of the ratios of each round, and their ranges."""
    table = Table(title=f"{page}: ours over others")
    for heading in ("", "over", *map(str, CONNECTIONS)):
        table.add_column(heading, justify="right" if heading.isdigit() else "left", no_wrap=True)
    names = [each.name for each in wanted]
    for ours in (name for name in names if name.startswith(OURS)):
        afternoon = f"afternoon, {ours.rpartition(', ')[2]}"
        for other in (name for name in names if name == afternoon or "," not in name):
            cells = []
            for count in CONNECTIONS:
                pairs = zip(samples.get((ours, page, count), ()), samples.get((other, page, count), ()), strict=False)
                found = [mine / theirs for (mine, _), (theirs, _) in pairs]
                if found:
                    cells.append(f"{statistics.median(found):.1f} ({min(found):.1f} – {max(found):.1f})")
            if cells:
                table.add_row(ours, other, *cells)
    return table


if __name__ == "__main__":
    typer.run(run)
