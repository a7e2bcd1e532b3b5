"""The command line: options, one call into `casefiles.loop`, output."""
