"""One module per kind of file: a frozen record, `parse` to (record, problems), `render` to text."""
