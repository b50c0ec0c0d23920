"""The audits of the package graphql-http: what servers must, should and may do, by GraphQL over HTTP."""

from pathlib import Path

import pytest

from tests.npm import installed, told
from tests.serving import running

pytestmark = pytest.mark.slow  # npm installs the audits


def test_every_audit_passes(tmp_path: Path) -> None:
    folder = installed(Path(__file__).with_name("scripts"), tmp_path)
    with running("serve", "--database", f"sqlite:///{tmp_path / 'audited.db'}", "--port", "0") as (_, address):
        audits = told(folder, "audit.mjs", f"{address}/graphql")
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61
