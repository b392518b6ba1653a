"""Which lines of the application run, as the package coverage sees it."""

import os

import coverage

_OWN_FILES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "*")


class CodeCoverage:
    """Measures from its making to `finish`, as the configuration of the package in the working directory says."""

    def __init__(self, folder, log):
        self._folder = folder
        self._log = log
        # The data stays in memory: the report is all that is wanted.
        self._coverage = coverage.Coverage(data_file=None)
        omitted = self._coverage.get_option("run:omit") or []
        self._coverage.set_option("run:omit", list(omitted) + [_OWN_FILES])
        self._coverage.start()

    def finish(self):
        """Write the report."""
        log = self._log
        self._coverage.stop()
        try:
            self._coverage.html_report(directory=self._folder)
        except (coverage.CoverageException, OSError) as error:
            log.record("error", "%sThere is no coverage report: %s" % (log.prefix, error))
        else:
            log.record("info", "%sThe coverage report is %s/index.html." % (log.prefix, self._folder))
