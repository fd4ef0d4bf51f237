"""The control's code at the beginning of typed words. A company's own codes may hold spaces, as “AC 1.2”."""

from collections.abc import Iterable


def split_code(words: str, codes: Iterable[str]) -> tuple[str, str]:
    """The longest of the codes that the words begin with, as it is written; else the first word. Then what follows."""
    text = " ".join(words.split())
    begun = [code for code in codes if f"{text} ".casefold().startswith(f"{code} ".casefold())]
    code = max(begun, key=len, default=text.partition(" ")[0])
    return code, text[len(code) :].strip()
