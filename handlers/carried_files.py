"""Files that were sent already and wait, in a button, for a person to say where they belong."""

from collections.abc import Iterator, Sequence

from handlers.actions import LONGEST, Action, action, encode
from handlers.requests import SharedFile
from tasks.wording import shortened

NAME_LENGTHS = (60, 20, 0)
LONGEST_ENDING = 8
ROOM = 40
"""Letters that a form may add to its action on the way, such as the answer that was chosen."""


def carrying(act: Action, files: Sequence[SharedFile]) -> Action:
    """As much of the files' names, else as many files, as a button can carry."""
    return next((one for one in _ever_shorter(act, files) if len(encode(one)) <= LONGEST - ROOM), act)


def carried_in(act: Action) -> tuple[SharedFile, ...]:
    lines = (line.partition(" ") for line in act.get("f").splitlines())
    return tuple(SharedFile(reference=reference, name=name) for reference, _, name in lines if reference)


def _ever_shorter(act: Action, files: Sequence[SharedFile]) -> Iterator[Action]:
    for count in range(len(files), -1, -1):
        for longest in NAME_LENGTHS:
            lines = (f"{one.reference} {_short_name(one, longest)}" for one in files[:count])
            yield action(act.name, **{**act.args, "f": "\n".join(lines)})


def _short_name(file: SharedFile, longest: int) -> str:
    """With its ending, which tells what kind of file it is."""
    stem, dot, ending = " ".join(file.name.split()).rpartition(".")
    if not stem or len(ending) > LONGEST_ENDING:
        stem, dot, ending = stem + dot + ending, "", ""
    return shortened(stem, longest - len(dot + ending)) + dot + ending if longest else ""
