"""What start_response accepts, and the words with which it refuses."""

import unittest

from _malt.heads import content_length, encode_head

PLAIN = [("Content-Type", "text/plain")]


class Accepted(unittest.TestCase):
    def test_a_usual_head(self):
        head, lengths, bodiless = encode_head("200 OK", PLAIN + [("Content-Length", "5")], 100)
        self.assertEqual(head, b"200 OK\0Content-Type\0text/plain\0Content-Length\0005")
        self.assertEqual((lengths, bodiless), (("5",), False))

    def test_edges(self):
        self.assertEqual(encode_head("200 ", [], 100)[0], b"200 ")
        self.assertEqual(encode_head("299 Caf\xe9", [("X", "")], 100)[0], b"299 Caf\xe9\0X\0")
        self.assertEqual(encode_head("200 OK", [("X-A", "caf\xe9\ttab")], 100)[0], b"200 OK\0X-A\0caf\xe9\ttab")

    def test_duplicates_stay_apart(self):
        head = encode_head("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")], 100)[0]
        self.assertEqual(head, b"200 OK\0Set-Cookie\0a=1\0Set-Cookie\0b=2")

    def test_statuses_without_a_body(self):
        for status, bodiless in (("204 No Content", True), ("304 Not Modified", True), ("205 Reset", False)):
            for _ in range(2):
                self.assertIs(encode_head(status, [], 100)[2], bodiless)

    def test_content_length_in_any_case(self):
        self.assertEqual(encode_head("200 OK", [("CONTENT-LENGTH", "7")], 100)[1], ("7",))
        self.assertEqual(content_length(()), None)
        self.assertEqual(content_length(("7",)), 7)
        self.assertEqual(content_length(("7", "7")), 7)


class Refused(unittest.TestCase):
    def check(self, error, message, status, headers, longest=100):
        # Twice: what was refused once must not have been remembered as good.
        for _ in range(2):
            with self.assertRaises(error) as caught:
                encode_head(status, headers, longest)
            self.assertIn(message, str(caught.exception))

    def test_statuses(self):
        for status, message in (
            ("", "status code is not a 3 digit integer"),
            ("20", "status code is not a 3 digit integer"),
            ("2000 OK", "status code is not a 3 digit integer"),
            ("abc OK", "status code is not a 3 digit integer"),
            ("-20 OK", "status code is not a 3 digit integer"),
            ("\u0662\u0660\u0660 OK", "status code is not a 3 digit integer"),
            ("200", "no space following status code"),
            ("200OK", "no space following status code"),
            ("200 O\nK", "control character present in reason phrase"),
            ("200 O\0K", "control character present in reason phrase"),
            ("200 \u20ac", "unicode object contains non latin-1 characters"),
        ):
            self.check(ValueError, message, status, PLAIN)
        self.check(TypeError, "expected string object for status, value of type bytes found", b"200 OK", PLAIN)
        self.check(TypeError, "expected string object for status, value of type NoneType found", None, PLAIN)

    def test_names(self):
        for name, message in (
            ("", "header name is empty"),
            ("A\nB", "control character present in header name"),
            ("A\0B", "control character present in header name"),
            ("A B", "space character present in header name"),
            ("A:", "invalid character present in header name"),
            ("\xe9", "invalid character present in header name"),
            ("\u20ac", "unicode object contains non latin-1 characters"),
        ):
            self.check(ValueError, message, "200 OK", [(name, "x")])
        self.check(TypeError, "expected string object for header name", "200 OK", [(b"A", "x")])

    def test_values(self):
        for value in ("a\r\nB: c", "a\nb", "a\rb", "a\0b"):
            message = "carriage return/line feed character present in header value"
            self.check(ValueError, message, "200 OK", [("A", value)])
        self.check(ValueError, "unicode object contains non latin-1 characters", "200 OK", [("A", "\u20ac")])
        for value in (b"x", 5, None):
            self.check(TypeError, "expected string object for header value", "200 OK", [("A", value)])

    def test_shapes(self):
        self.check(TypeError, "response headers must be a list", "200 OK", ())
        self.check(TypeError, "list of tuple values expected", "200 OK", [["A", "b"]])
        self.check(ValueError, "tuple of length 2 expected, length is 3", "200 OK", [("A", "b", "c")])

    def test_lines_that_are_too_long(self):
        self.check(ValueError, "longer than the 100 bytes of --header-buffer-size", "200 OK", [("A", "x" * 98)])
        self.assertTrue(encode_head("200 OK", [("A", "x" * 97)], 100))
        self.assertTrue(encode_head("200 OK", [("A", "x" * 90), ("B", "y" * 90)], 100))

    def test_lengths(self):
        for values in (("-1",), ("+1",), ("1.0",), ("",), ("1 ",), ("\xb2",), ("1", "2")):
            with self.assertRaises(ValueError):
                content_length(values)


if __name__ == "__main__":
    unittest.main()
