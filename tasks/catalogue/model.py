"""The shipped criteria and controls. A mapping between them means *supports*, nothing more."""

from dataclasses import dataclass
from enum import StrEnum

from tasks.controls import ControlText


class Pack(StrEnum):
    """Controls chosen together, by the categories a company has in its audit's scope."""

    SECURITY_CORE = "security-core"
    AVAILABILITY = "availability"
    CONFIDENTIALITY = "confidentiality"
    PROCESSING_INTEGRITY = "processing-integrity"
    PRIVACY = "privacy"


PACK_OF_SERIES = {
    "CC": Pack.SECURITY_CORE,
    "A": Pack.AVAILABILITY,
    "C": Pack.CONFIDENTIALITY,
    "PI": Pack.PROCESSING_INTEGRITY,
    "P": Pack.PRIVACY,
}


def pack_of(criterion_id: str) -> Pack:
    """The pack of "CC6.1" is the security core; KeyError for an id of no known series."""
    return PACK_OF_SERIES[criterion_id.rstrip("0123456789.")]


@dataclass(frozen=True, kw_only=True)
class Criterion:
    id: str
    category: str
    series: str
    title: str
    """Our own words: the text of the criteria belongs to the AICPA and is never shipped."""


@dataclass(frozen=True, kw_only=True)
class CatalogueControl:
    code: str
    area: str
    department: str
    text: ControlText

    @property
    def criteria(self) -> tuple[str, ...]:
        return self.text.refs.get("tsc", ())

    @property
    def packs(self) -> frozenset[Pack]:
        return frozenset(pack_of(criterion) for criterion in self.criteria)


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    criteria: tuple[Criterion, ...]
    controls: tuple[CatalogueControl, ...]

    def control(self, code: str) -> CatalogueControl | None:
        return next((control for control in self.controls if control.code == code), None)

    def in_packs(self, *packs: Pack) -> tuple[CatalogueControl, ...]:
        """Every control of at least one of the packs, each once."""
        return tuple(control for control in self.controls if control.packs.intersection(packs))

    def supporting(self, criterion_id: str) -> tuple[CatalogueControl, ...]:
        return tuple(control for control in self.controls if criterion_id in control.criteria)
