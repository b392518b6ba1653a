"""The events of mod_wsgi: who wants to be told what happens to requests and to the process, and the telling."""

from .logs import traceback_lines


class Events:
    """The callbacks of the application, in the order in which they were subscribed."""

    def __init__(self, log):
        #: For all events; mod_wsgi.event_callbacks.
        self.callbacks = []
        #: For the end of the process alone; mod_wsgi.shutdown_callbacks.
        self.shutdown_callbacks = []
        self._log = log

    def publish(self, name, event):
        """Tell all subscribers. Returns the event's fields with what callbacks have put in their place."""
        return self._tell(self.callbacks, name, event)

    def stopping(self, reason):
        """The process begins to stop, requests may still be running; `reason` is shutdown_reason."""
        self._tell(self.callbacks + self.shutdown_callbacks, "process_stopping", {"shutdown_reason": reason})

    def _tell(self, callbacks, name, event):
        for callback in list(callbacks):
            try:
                answer = callback(name, **event)
            except BaseException as error:
                # Whoever watches a request must not be what makes it fail.
                log = self._log
                log.record("error", "%sException occurred within event callback." % log.prefix)
                log.lines("error", traceback_lines(error))
            else:
                if isinstance(answer, dict):
                    event.update(answer)
        return event


def subscribe(callbacks, callback):
    """Add a callback to a list of them; returns it, so that the functions made of this serve as decorators."""
    if not callable(callback):
        raise TypeError("callback must be callable, value of type %s found" % type(callback).__name__)
    callbacks.append(callback)
    return callback
