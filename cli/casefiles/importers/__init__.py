"""Files of other tools to conversations: one module per format, found by `formats`."""
