"""Models: of any provider, the only door to litellm, and those whose weights are installed."""
