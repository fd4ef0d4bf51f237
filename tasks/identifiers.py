"""Opaque ids. Never parsed, never guessed, never shown as meaning anything."""

from typing import NewType

WorkspaceId = NewType("WorkspaceId", str)
PersonId = NewType("PersonId", str)
ControlId = NewType("ControlId", str)
TaskId = NewType("TaskId", str)
EvidenceId = NewType("EvidenceId", str)
NoticeId = NewType("NoticeId", int)
ImportId = NewType("ImportId", str)
