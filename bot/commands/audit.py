"""soc2 audit: proving that nobody changed the record."""

from typing import Annotated

import typer

from bot.commands.company import WorkspaceOption, chosen_workspace, opened, settings_for_command
from bot.commands.output import PROBLEM, USAGE, AsJson, Failed, end, progress_bar, say, show_json, warn
from bot.store import Proof, Store, prove_audit_log
from tasks.people import Workspace

audit = typer.Typer(help="The audit log.", no_args_is_help=True)


@audit.callback()
def _audit() -> None:
    """Keeps `verify` a command of its own."""


@audit.command("verify")
def verify(
    as_json: AsJson = False,
    workspace: WorkspaceOption = "",
    expect: Annotated[
        str, typer.Option(help="A head kept outside the database, as 12:ab…: proves that it stands.")
    ] = "",
) -> None:
    """Prove the hash chain of every workspace and name the first broken entry."""
    head = _head(expect)
    with opened(settings_for_command()) as store:
        places = [chosen_workspace(store, workspace)] if workspace or head else store.units.workspaces()
        proofs = [_prove(store, place, head) for place in places]
    if not places:
        warn("There is nothing to verify yet: no workspace was set up.")
    if as_json:
        show_json([_facts(place, proof) for place, proof in zip(places, proofs, strict=True)])
    else:
        for place, proof in zip(places, proofs, strict=True):
            say(_sentence(place, proof))
    if any(proof.broken_at for proof in proofs):
        end(PROBLEM)


def _head(text: str) -> tuple[int, bytes] | None:
    if not text:
        return None
    number, _, digest = text.partition(":")
    try:
        return int(number), bytes.fromhex(digest)
    except ValueError:
        raise Failed("--expect takes a head as soc2 audit verify prints it: 12:ab34…", code=USAGE) from None


def _prove(store: Store, place: Workspace, head: tuple[int, bytes] | None) -> Proof:
    with progress_bar(f"Verifying {place.name}", None) as bar:
        return prove_audit_log(store, place.id, bar.at, expected=head)


def _sentence(place: Workspace, proof: Proof) -> str:
    if proof.broken_at:
        return (
            f"{place.name}: BROKEN at entry {proof.broken_at}: {proof.reason} {proof.entries} entries before it hold."
        )
    return f"{place.name}: {proof.entries} entries, the chain is whole. Head: {proof.head}"


def _facts(place: Workspace, proof: Proof) -> dict[str, object]:
    return {
        "workspace": place.id,
        "name": place.name,
        "whole": proof.broken_at is None,
        "entries": proof.entries,
        "head": proof.head,
        "broken_at": proof.broken_at,
        "reason": proof.reason,
    }
