"""What start_response was given, checked and put into the form of a RESPONSE: "200 OK\\0Name\\0value\\0…" in latin-1.

The messages are those of mod_wsgi. Names and status lines that were found good are remembered, as an application uses
few of them: checking a usual head costs less than a microsecond.
"""

import re

_REMEMBERED = 4096
_REMEMBERED_BYTES = 512
# Bytes of a head in all, far more than any client takes. What exceeds a frame would cost the whole connection.
_LONGEST_HEAD = 1024 * 1024
_ORDINARY = "ordinary"
_CONTENT_LENGTH = "content-length"

# Kind by name, and by status line whether its response has no body (204 and 304).
_names = {}
# Whole heads that were found good, by their status line and headers: most applications give few different ones.
_heads = {}
_statuses = {}

_control = re.compile("[\x00-\x1f\x7f]").search
# RFC 9110 §5.6.2: what a field name may not contain.
_not_token = re.compile(r"[^!#$%&'*+\-.^_`|~0-9A-Za-z]").search
_digits = re.compile("[0-9]+", re.ASCII).fullmatch


def encode_head(status, headers, longest_line):
    """The head as bytes, the values of Content-Length (a tuple of str), and whether the status forbids a body.

    Raises ValueError or TypeError for what is no proper status or header; also for a line over `longest_line` bytes.
    """
    if type(headers) is list:
        key = (status, *headers)
        try:
            known = _heads.get(key)
        except TypeError:
            # Something in it can't be hashed, and so is no string: below it is said what.
            return _encode_head(status, headers, longest_line)
        if known is not None:
            return known
        made = _encode_head(status, headers, longest_line)
        if len(made[0]) <= _REMEMBERED_BYTES:
            if len(_heads) >= _REMEMBERED:
                _heads.clear()
            _heads[key] = made
        return made
    return _encode_head(status, headers, longest_line)


def _encode_head(status, headers, longest_line):
    bodiless = _statuses.get(status)
    if bodiless is None:
        bodiless = _check_status(status)
    if type(headers) is not list:
        raise TypeError("response headers must be a list, value of type %s found" % type(headers).__name__)
    text = [status]
    lengths = ()
    for header in headers:
        if type(header) is not tuple or len(header) != 2:
            _reject_header(header)
        name, value = header
        if (_names.get(name) or _check_name(name)) is _CONTENT_LENGTH:
            lengths += (value,)
        text += header
    try:
        head = "\0".join(text)
    except TypeError:
        return _reject_values(headers)
    if head.count("\0") != 2 * len(headers) or "\r" in head or "\n" in head:
        raise ValueError("carriage return/line feed character present in header value")
    if len(head) > longest_line:
        _check_lines(headers, longest_line)
    if len(head) > _LONGEST_HEAD:
        raise ValueError("response headers are longer than %d bytes in all" % _LONGEST_HEAD)
    try:
        return head.encode("latin-1"), lengths, bodiless
    except UnicodeEncodeError:
        raise ValueError("unicode object contains non latin-1 characters") from None


def content_length(values):
    """The number in the Content-Length headers; None without any. Raises ValueError when there is no telling."""
    if not values:
        return None
    if not _digits(values[0]) or any(value != values[0] for value in values):
        raise ValueError("invalid content length")
    return int(values[0])


def _check_status(status):
    if not isinstance(status, str):
        raise TypeError("expected string object for status, value of type %s found" % type(status).__name__)
    if not _digits(status[:3]) or len(status) < 3:
        raise ValueError("status code is not a 3 digit integer")
    if len(status) > 3 and status[3].isdigit():
        raise ValueError("status code is not a 3 digit integer")
    if status[3:4] != " ":
        raise ValueError("no space following status code")
    if _control(status):
        raise ValueError("control character present in reason phrase")
    bodiless = status[:3] in ("204", "304")
    if len(_statuses) < _REMEMBERED:
        _statuses[status] = bodiless
    return bodiless


def _check_name(name):
    if not isinstance(name, str):
        raise TypeError("expected string object for header name, value of type %s found" % type(name).__name__)
    if not name:
        raise ValueError("header name is empty")
    if _control(name):
        raise ValueError("control character present in header name")
    if " " in name:
        raise ValueError("space character present in header name")
    if any(character > "\xff" for character in name):
        raise ValueError("unicode object contains non latin-1 characters")
    if _not_token(name):
        raise ValueError("invalid character present in header name")
    kind = _CONTENT_LENGTH if name.lower() == "content-length" else _ORDINARY
    if len(_names) < _REMEMBERED:
        _names[name] = kind
    return kind


def _reject_header(header):
    if type(header) is not tuple:
        raise TypeError("list of tuple values expected for headers, value of type %s found" % type(header).__name__)
    raise ValueError("tuple of length 2 expected, length is %d" % len(header))


def _reject_values(headers):
    found = next(type(value).__name__ for _, value in headers if not isinstance(value, str))
    raise TypeError("expected string object for header value, value of type %s found" % found)


def _check_lines(headers, longest_line):
    for name, value in headers:
        # As it will be on the wire, with ": " between.
        if len(name) + len(value) + 2 > longest_line:
            raise ValueError("response header %s is longer than the %d bytes of --header-buffer-size" % (name, longest_line))
