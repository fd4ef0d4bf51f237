"""A company's own list of controls, read from a spreadsheet into proposals that a person confirms."""
