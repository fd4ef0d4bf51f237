"""A second platform of the same company. Nothing in the platforms proves that: whoever runs this server says so."""

from tasks import audit
from tasks.errors import Invalid
from tasks.people import Actor
from tasks.ports import UnitOfWork


def link_workspace(uow: UnitOfWork, actor: Actor, platform: str, external_id: str) -> None:
    """Raises Invalid where that team or tenant has a workspace of its own: records are never merged."""
    owner = uow.bind(platform, external_id)
    if owner != uow.workspace.id:
        raise Invalid(
            f"{external_id} has a workspace of its own here already ({owner}). Two workspaces are never made one: "
            "link before the bot is first used there."
        )
    about = f"workspace:{uow.workspace.id}"
    uow.audit.append(audit.entry("workspace:link", about, actor, after={"platform": platform}, detail=external_id))
