"""Screens for tests: a task, a status, a form with every common field."""

from handlers.actions import action
from handlers.views.elements import (
    ActionButton,
    Buttons,
    ChoiceField,
    Confirm,
    Fact,
    Facts,
    FilesField,
    Form,
    FormButton,
    Heading,
    Note,
    Option,
    Progress,
    Quote,
    Row,
    Style,
    Table,
    Text,
    TextField,
    Tone,
    View,
)


def told(text: str) -> View:
    return View(title="soc2bot", summary=text, body=(Text(text=text),))


NOT_DONE = Confirm(
    title="Record that this was not done?",
    text="A deviation is opened, with its cause and correction. An honest answer is worth more than a late one.",
    yes="Record it",
)
TASK = View(
    title="Leaver access removal",
    summary="Leaver access removal for October 2026 is due today.",
    body=(
        Text(text="Due today at 17:00", strong=True, tone=Tone.WARNING),
        Text(text="Please check that the access of everybody who left in October was removed."),
        Facts(
            facts=(
                Fact(label="Control", value="IAM-03, supports CC6.2"),
                Fact(label="Covers", value="1 Oct 2026 to 31 Oct 2026"),
                Fact(label="Still missing", value="List of leavers from the HR system"),
            )
        ),
        Note(text="Last time: HiBob, report “Leavers by month”. Answered done."),
        Buttons(
            buttons=(
                FormButton(label="Answer", action=action("open_form", t="task-1", v=1), style=Style.PRIMARY),
                ActionButton(label="Nothing to report", action=action("answer_task", t="task-1", v=1)),
                ActionButton(
                    label="Not done", action=action("answer_task", t="x"), style=Style.DANGER, confirm=NOT_DONE
                ),
            )
        ),
    ),
)
DONE = View(
    title="Leaver access removal",
    summary="Leaver access removal for October 2026 was answered.",
    body=(
        Text(text="Done, on time. Thank you.", strong=True, tone=Tone.GOOD),
        Note(text="Answered by Olga Petrova on 16 Nov 2026 at 09:31."),
    ),
)
STATUS = View(
    title="Where things stand",
    summary="One task is overdue; 41 of 48 are answered.",
    body=(
        Text(text="1 task is overdue", strong=True, tone=Tone.BAD),
        Progress(label="IT", done=14, total=18),
        Progress(label="HR", done=9, total=9),
        Heading(text="Whose turn it is"),
        Row(
            text="Backup restore test",
            note="Olga Petrova, 3 business days overdue",
            tone=Tone.BAD,
            button=ActionButton(label="Nudge", action=action("nudge", t="2")),
        ),
        Row(
            text="Firewall rule review",
            note="Max Adeyemi, due in 2 days",
            button=ActionButton(label="Nudge", action=action("nudge", t="3")),
        ),
        Heading(text="By criteria group"),
        Table(
            columns=("Group", "Open", "Overdue", "On time", "Late"),
            rows=(("CC6 Logical access", "4", "1", "22", "2"), ("CC7 System operations", "3", "0", "19", "0")),
        ),
    ),
)
FORM = Form(
    title="Answer: leaver access",
    action=action("answer_form", t="task-1", v=1),
    submit="Sign and send",
    intro=(Quote(text="I confirm that the access of everybody who left was removed for October 2026."),),
    fields=(
        ChoiceField(
            name="answer",
            label="How did it go?",
            value="done",
            options=(
                Option(value="done", label="Done"),
                Option(
                    value="done-found-problems", label="Done, found problems", note="Each gets an owner and a date."
                ),
                Option(value="not-done", label="Not done", note="Asks for cause and correction."),
            ),
        ),
        TextField(name="source", label="Where does the list come from?", value="HiBob, report “Leavers by month”"),
        FilesField(name="proof", label="List of leavers", hint="Leave out home addresses and bank details."),
        TextField(name="comment", label="Anything to add?", multiline=True, required=False),
    ),
)
