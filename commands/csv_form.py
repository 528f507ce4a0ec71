"""The columns of a file matched to fields: shown with the first rows, and corrected."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import StaticSelectElement
from slack_sdk.models.blocks.block_elements import FileInputElement

from bot.services.csv_file import Row
from bot.services.csv_matching import example, known_names
from bot.services.csv_rows import FIELDS
from bot.services.csv_spec import BULK, Spec
from bot.slack.blocks import Block, Modal, Option, clip, escape, input_block, modal, section
from bot.slack.calls import View
from bot.texts import say
from commands.changes import shown

MATCH, HEADER = "job.match", "job.header"
FILE, TITLES = "file", "titles"
_KINDS = ["csv", "tsv", "txt", "text"]
_OUT = "-"
_SHOWN = 3


def file_input() -> Block:
    """Where a file is dropped."""
    return input_block(
        FILE,
        say("CSV file"),
        FileInputElement(action_id=FILE, filetypes=_KINDS, max_files=1),
        hint=say("A row a contact. Commas, semicolons or tabs; a header helps."),
    )


def match(kind: str, job_id: str, spec: Spec, rows: Sequence[Row], problem: str = "") -> Modal:
    """The form of the columns, with the first rows.

    Args:
        kind: `import` or `bulk`.
        job_id: The job.
        spec: With the match as it is guessed or chosen.
        rows: The first rows of the file.
        problem: What is wrong, plain text.
    """
    firsts = {"yes": say("The columns' names"), "no": say("A contact")}
    titles = _menu(TITLES, firsts, _header(spec))
    blocks: list[Block] = [
        *([section(f":warning: {escape(problem)}")] if problem else []),
        section(f"*{shown(spec.name)}*: {escape(spec.layout.in_words)}"),
        input_block(TITLES, say("The first row holds"), titles, dispatch=True),
    ]
    out = say("Leave out") if kind != BULK else say("Only for the text")
    options = {_OUT: out} | {field: str(name) for field, name in FIELDS.items()}
    for index, name in enumerate(spec.columns):
        menu = _menu(f"column.{index}", options, spec.fields.get(index, _OUT))
        blocks.append(
            input_block(f"column{index}", clip(name, 150), menu, hint=_samples(index, rows))
        )
    if kind == BULK:
        fields = ", ".join(f"{{{name}}}" for name in known_names(spec))
        blocks.append(
            section(clip(say("*Fields for the text*: {fields}", fields=escape(fields)), 2900))
        )
        blocks += [_example(spec, row) for row in rows[:_SHOWN] if not row.problem]
    return modal(
        MATCH,
        say("Match the columns"),
        blocks,
        submit=say("Check the rows"),
        close=say("Cancel"),
        private_metadata=job_id,
    )


def read(view: View, columns: int) -> dict[int, str]:
    """The match that was chosen."""
    chosen = {index: view.choice(f"column{index}") for index in range(columns)}
    return {index: field for index, field in chosen.items() if field and field in FIELDS}


def _header(spec: Spec) -> str:
    return "yes" if spec.header else "no"


def _menu(action_id: str, options: dict[str, str], chosen: str) -> StaticSelectElement:
    made = {value: Option(value=value, text=text) for value, text in options.items()}
    return StaticSelectElement(
        action_id=HEADER if action_id == TITLES else action_id,
        options=list(made.values()),
        initial_option=made[chosen],
    )


def _samples(index: int, rows: Sequence[Row]) -> str:
    cells = [row.cells[index].strip() for row in rows[:_SHOWN] if index < len(row.cells)]
    some = " · ".join(clip(cell, 60) for cell in cells if cell)
    return say("As {examples}", examples=some) if some else say("Empty")


def _example(spec: Spec, row: Row) -> Block:
    text = escape(clip(example(spec, row), 900)).replace("\n", "\n>")
    return section(f">{text}")
