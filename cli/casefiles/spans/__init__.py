"""Messages and spans of other tools to turns: what targets, capture and importers share. Pure."""
