from collections.abc import Sequence
from dataclasses import dataclass

from tasks.controls import Control, ControlText
from tasks.errors import NotFound, Stale
from tasks.identifiers import ControlId
from tests.in_memory.state import CHANGED, State

UNKNOWN = "There is no such control in this workspace. Look it up in the list of controls and try again."


@dataclass(frozen=True)
class InMemoryControls:
    state: State

    def get(self, control_id: ControlId) -> Control:
        if control := self.state.controls.get(control_id):
            return control
        raise NotFound(UNKNOWN)

    def by_code(self, code: str) -> Control | None:
        wanted = code.lower()
        return next((control for control in self.state.controls.values() if control.code.lower() == wanted), None)

    def every(self) -> Sequence[Control]:
        return sorted(self.state.controls.values(), key=lambda control: control.code)

    def add(self, control: Control) -> None:
        self.state.controls[control.id] = control
        self.state.texts[control.id, control.version] = control.text

    def save(self, control: Control) -> None:
        kept = self.get(control.id)
        if control.version < kept.version or (control.version == kept.version and control.text != kept.text):
            raise Stale(CHANGED)
        self.add(control)

    def text(self, control_id: ControlId, version: int) -> ControlText:
        if text := self.state.texts.get((control_id, version)):
            return text
        raise NotFound(UNKNOWN)
