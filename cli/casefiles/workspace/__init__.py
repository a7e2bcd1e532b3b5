"""The doors to the disk and to git: find a workspace, load it, write to it."""
