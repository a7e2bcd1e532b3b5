"""Reading and judging: which trace comes next, the editor buffer, and what is written to a note."""
