"""Documents that clients name instead of sending them, from a file that the clients' build wrote."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import orjson

_APOLLO = "apollo-persisted-query-manifest"


@dataclass(frozen=True)
class Trusted:
    """Texts by their ids. Each has the id `sha256:` and its hash as well. `only`: nothing else may be asked."""

    texts: Mapping[str, str] = field(default_factory=dict)
    only: bool = False

    @classmethod
    def read(cls, path: Path, *, only: bool = False) -> Self:
        """From `{id: document}`, as Relay and GraphQL Code Generator write it, or from a manifest of Apollo's.

        ValueError if it is neither.
        """
        try:
            listed = _listed(orjson.loads(path.read_bytes()))
        except (OSError, ValueError) as error:
            raise ValueError(f"the trusted documents cannot be read from {path}: {error}") from None
        hashed = {f"sha256:{hashlib.sha256(text.encode()).hexdigest()}": text for text in listed.values()}
        return cls(listed | hashed, only)


def _listed(manifest: Any) -> dict[str, str]:
    if isinstance(manifest, dict) and manifest.get("format") == _APOLLO:
        operations = manifest.get("operations")
        if manifest.get("version") != 1 or not isinstance(operations, list):
            raise ValueError("only version 1 of Apollo's manifests is known")
        manifest = {each.get("id"): each.get("body") for each in operations if isinstance(each, dict)}
    if not isinstance(manifest, dict) or not all(isinstance(part, str) for pair in manifest.items() for part in pair):
        raise ValueError("it has to be an object of documents by their ids, or a manifest of Apollo's")
    return manifest
