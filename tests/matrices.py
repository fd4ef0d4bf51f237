"""Control matrices as companies keep them and as two products export them: layouts as they are, content invented."""

import csv
import io
from collections.abc import Sequence

import xlsxwriter

from tasks.matrix.model import Sheet

Rows = Sequence[Sequence[object]]

SPREADSHEET: Rows = (
    ("Acme control matrix", "", "", "", "", "", "", "", ""),
    (),
    ("#", "Control", "Control Activity", "Control Owner", "How often", "TSC", "Evidence", "Function", "Risk rating"),
    (
        "AC-1",
        "Access is reviewed",
        "Managers review the access of their reports to production systems and have it removed.",
        "olga@example.com",
        "Quarterly",
        "CC6.1, CC6.2",
        "1. User list export\n2. Reviewer's decisions",
        "IT",
        "High",
    ),
    ("HR-7", "Screening", "Candidates are screened before they start.", "Hans", "Per hire", "CC1.1", "", "HR", "Low"),
    ("OP-3", "Backups", "Databases are backed up and a restore is tested.", "", "Monthly", "", "Restore log", "", ""),
)
VANTA: Rows = (
    ("ID", "Name", "Description", "Domain", "Owner", "Source", "SOC 2", "Documents", "Note"),
    (
        "ACC-12",
        "Leavers lose access",
        "Access of leavers is revoked within one business day.",
        "Access Control",
        "Olga",
        "Custom",
        "CC 6.2; CC 6.3",
        "Leaver list; Tickets",
        "",
    ),
    (
        "VND-2",
        "Vendors are assessed",
        "",
        "Vendors",
        "nobody@example.com",
        "Vanta",
        "CC9.2",
        "Vendor register",
        "yearly",
    ),
)
DRATA: Rows = (
    ("Control Name", "Control Code", "Description", "Question", "Activity", "Control Owners", "Mapped Requirements"),
    (
        "Encryption at rest",
        "DCF-54",
        "Customer data is encrypted at rest.",
        "Is it encrypted?",
        "1. Turn on disk encryption.",
        "olga@example.com, hans@example.com",
        "SOC 2: CC6.1, CC6.7",
    ),
    ("Board meets", "DCF-9", "The board meets.", "", "", "", "SOC 2: CC1.2"),
)


def a_sheet(rows: Rows, name: str = "") -> Sheet:
    return Sheet(name=name, rows=tuple(tuple(str(cell) for cell in row) for row in rows))


def as_csv(rows: Rows, delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def as_xlsx(**sheets: Rows) -> bytes:
    """A workbook with these sheets; numbers and days are written as such, formulas as text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


def simple(
    *rows: Sequence[str], header: Sequence[str] = ("ID", "Title", "Description", "Frequency", "Criteria")
) -> Rows:
    return (header, *rows)


def many(count: int) -> Rows:
    """Complete in every cell: nothing is left to decide."""
    header = ("ID", "Title", "Description", "Frequency", "Criteria", "Department")
    rows = [(f"C-{n}", f"Control {n}", f"Thing {n} is done.", "Monthly", "CC6.1", "IT") for n in range(1, count + 1)]
    return (header, *rows)
