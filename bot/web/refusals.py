"""A request the browser chat does not carry out, and the sentence that says why."""


class Refused(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class NobodyChosen(Exception):
    """No person in the session: the way on is the choice."""
