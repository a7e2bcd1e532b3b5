"""Models of any provider: the only door to litellm."""
