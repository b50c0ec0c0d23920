"""Every setting, each from one `TIMELINE_…` variable of the environment; flags of the command line go before it."""

import re
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_ORIGIN = re.compile(r"(https?://(?:[a-z0-9._-]+|\[[0-9a-f:]+\]))(:[0-9]{1,5})?/?")
_USUAL = {"http": ":80", "https": ":443"}  # ports that browsers do not name


class Settings(BaseSettings):
    """What can be set. The descriptions are what the README's table says, by a test."""

    model_config = SettingsConfigDict(env_prefix="TIMELINE_", extra="ignore", frozen=True)

    database: str = Field(
        "sqlite:///timeline.db", description="Where timelines are kept: sqlite:///FILE or postgresql://USER@HOST/NAME."
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    kinds: str = Field("", description="More kinds: modules or files, separated by commas.")
    origins: str = Field(
        "", description="Other origins whose pages may ask, such as http://localhost:5173, separated by commas."
    )
    pool_size: int = Field(8, ge=1, le=200, description="Connections to the database that are kept for reading.")
    max_body: int = Field(4 * 1024 * 1024, ge=1024, description="The largest request in bytes.")
    heartbeat: float = Field(
        15, gt=0, le=3600, description="Seconds after which a subscriber who gets nothing else gets an empty batch."
    )
    max_message: int = Field(64 * 1024, ge=1024, description="The largest message on a WebSocket in bytes.")
    max_operations: int = Field(20, ge=1, le=10_000, description="Operations at once on one WebSocket.")
    init_timeout: float = Field(10, gt=0, description="Seconds that a WebSocket has to say connection_init.")
    stall_timeout: float = Field(
        20, ge=1, le=3600, description="Seconds after which a client that takes nothing any more is dropped (Linux)."
    )
    workers: int = Field(1, ge=1, le=256, description="Processes that serve.")
    ide: bool = Field(True, description="Whether a browser that opens /graphql gets GraphiQL.")
    max_tokens: int = Field(1_000, ge=10, description="Tokens of a document; a trusted one may have more.")
    max_depth: int = Field(20, ge=1, le=50, description="How many fields deep an operation may be.")
    max_aliases: int = Field(100, ge=0, description="Aliases and repeated fields of an operation, fragments spread.")
    max_fields: int = Field(2_000, ge=1, le=20_000, description="Fields of an operation, fragments spread.")
    max_cost: int = Field(250_000, ge=1, description="Values that the answer to an operation may have, as estimated.")
    documents: str = Field("", description="A file of trusted documents: clients send an id instead.")
    trusted_only: bool = Field(False, description="Whether nothing but trusted documents may be asked.")
    queries_by_get: bool = Field(True, description="Whether GET may carry a query's text; an id it always may.")
    introspection: bool = Field(True, description="Whether the schema may be asked about itself.")
    suggestions: bool = Field(
        True, description="Whether an error about a field or a type of the schema says which one may have been meant."
    )
    pinned_for: int = Field(
        60, ge=0, le=31_536_000, description="Seconds for which caches may keep a pinned answer, without asking again."
    )
    max_kept: int = Field(
        32 * 1024 * 1024, ge=0, description="Bytes of answers that are kept for whoever asks the same again; 0: none."
    )

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        return ",".join(map(_origin, _listed(value)))

    @property
    def kind_sources(self) -> list[str]:
        return _listed(self.kinds)

    @property
    def allowed_origins(self) -> list[str]:
        return _listed(self.origins)


def _origin(value: str) -> str:
    """As browsers write it, however people do."""
    found = _ORIGIN.fullmatch(value.lower())
    if found is None:
        no = "; * would let every page of the web write" if "*" in value else ""
        raise ValueError(
            f"an origin is a scheme, a host and perhaps a port, such as http://localhost:5173, not {value!r}{no}"
        )
    address, port = found[1], found[2] or ""
    return address if port == _USUAL[address.partition(":")[0]] else address + port


def _listed(value: str) -> list[str]:
    return [each.strip() for each in value.split(",") if each.strip()]


def is_file(source: str) -> bool:
    """Whether a source of kinds is a file, not a module."""
    return source.endswith(".py") or Path(source).is_file()
