"""The site: a corpus to pages, numbers to charts, and the run of the site builder.

Rendering is pure (`casefiles.pages.site` gives a mapping of path to text); `build` writes what
changed, runs the builder and finishes what it built.
"""
