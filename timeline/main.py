"""The composition root: from settings to timelines and to the application. Nothing else knows the kinds that ship."""

import hashlib
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from timeline import kinds as shipped
from timeline.domain.kinds import Kinds
from timeline.settings import Settings, is_file
from timeline.timelines import Timelines
from timeline.upkeep import derive_missing, opening, ready_database

if TYPE_CHECKING:
    from starlette.applications import Starlette

PATIENCE = 5.0  # seconds that a server waits for what is to be derived before it listens all the same


def load_kinds(settings: Settings) -> Kinds:
    """The kinds that ship, and those that the settings name. ValueError, naming the source, if one cannot be loaded."""
    sources = [_load(source) for source in settings.kind_sources]
    try:
        return Kinds.of(shipped, *sources)
    except TypeError as error:
        raise ValueError(f"the kinds do not go together: {error}") from error


def open_timelines(settings: Settings, kinds: Kinds, *, serving: bool = False, create: bool = True) -> Timelines:
    """Open the database, and bring it to its shape if nobody has to do that before by `timeline migrate`.

    What nobody has derived from a timeline is derived here. `serving`: what these kinds have not derived, others have
    or not, is derived in a thread, for as long as the timelines are open.
    """
    with opening(settings):
        timelines = Timelines(ready_database(settings, settings.pool_size, create=create), kinds)
        try:
            if serving:
                timelines.keep_up(PATIENCE)
            else:
                derive_missing(timelines)
        except BaseException:
            timelines.close()
            raise
    return timelines


def build_application(settings: Settings, timelines: Timelines) -> "Starlette":
    """ValueError, naming the document, if a trusted one is not valid."""
    from timeline.api.app import application, asking  # here, as commands that serve nothing should not wait for it
    from timeline.api.measuring import QueryLimits
    from timeline.api.schema import schema_for
    from timeline.api.sockets import Limits
    from timeline.api.trusted import Trusted
    from timeline.web import feeds, static_files

    schema = schema_for(
        timelines.kinds,
        limits=QueryLimits(
            tokens=settings.max_tokens,
            depth=settings.max_depth,
            aliases=settings.max_aliases,
            fields=settings.max_fields,
            cost=settings.max_cost,
        ),
        introspection=settings.introspection,
        suggestions=settings.suggestions,
    )
    ask = asking(schema, timelines)
    trusted = Trusted()
    if settings.documents:
        trusted = Trusted.read(Path(settings.documents), only=settings.trusted_only)
        for name, text in trusted.texts.items():
            if faults := schema.trust(text):
                raise ValueError(f"the trusted document {name} cannot be served: {faults[0].message}")
    elif settings.trusted_only:
        raise ValueError(
            "where nothing but trusted documents may be asked, there has to be a file of them: --documents"
        )
    return application(
        schema,
        timelines,
        max_body=settings.max_body,
        ide=static_files.graphiql if settings.ide else None,
        pages=[*feeds.routes(ask), *static_files.routes(ask)],
        heartbeat=settings.heartbeat,
        limits=Limits(operations=settings.max_operations, init_timeout=settings.init_timeout),
        trusted=trusted,
        queries_by_get=settings.queries_by_get,
        code=_code_of(settings, timelines.kinds),
        pinned_for=settings.pinned_for,
        max_kept=settings.max_kept,
        origins=settings.allowed_origins,
    )


def _code_of(settings: Settings, kinds: Kinds) -> str:
    """A mark of what answers are made with: this package, the kinds, and the packages or files that they are from."""
    roots = [Path(__file__).parent]
    for source in settings.kind_sources:
        file = Path(source) if is_file(source) else Path(sys.modules[source.partition(".")[0]].__file__ or "")
        roots.append(file.parent if file.name == "__init__.py" else file)
    digest = hashlib.sha256(kinds.fingerprint.encode())
    for root in roots:
        for path in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _load(source: str) -> ModuleType:
    try:
        return _load_file(Path(source)) if is_file(source) else import_module(source)
    except Exception as error:
        raise ValueError(f"kinds cannot be loaded from {source}: {type(error).__name__}: {error}") from error


def _load_file(path: Path) -> ModuleType:
    # By a name of its own, so that a file called json.py is not taken for the module json.
    name = f"timeline_kinds_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("it is not a Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
