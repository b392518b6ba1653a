/** Text made safe for a log line: whatever a client sends, it stays one line and can't forge another. Pure. */

const SHORT: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

const hex = (character: string) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;

/**
 * For the access log. `text` is latin-1 from the wire: control characters, quotes, backslashes and all bytes from 0x7f
 * up are escaped as Apache does, so that a line is ASCII.
 */
export function escapeItem(text: string): string {
  // Nearly every item is clean, and testing is several times cheaper than replacing.
  if (!/[^ !#-[\]-~]/.test(text)) return text;
  return text.replace(/[^ !#-[\]-~]/g, (character) => SHORT[character] ?? hex(character));
}

/** For the error log: `text` from the wire, latin-1. As {@link escapeItem}, but quotes stay, as Apache does there. */
export function escapeField(text: string): string {
  return text.replace(/[^ -[\]-~]/g, (character) => SHORT[character] ?? hex(character));
}

/**
 * For the error log. Control characters (C0, DEL, C1) and backslashes are escaped as Apache does, and so is what ends lines
 * for some viewers or turns their direction round (UAX 9). Other text stays readable, where Apache writes \xc3\xa9 for é:
 * messages of applications are for people.
 */
export function escapeMessage(text: string): string {
  if (!/[\x00-\x1f\\\x7f-\x9f\u2028-\u202e\u2066-\u2069]/.test(text)) return text;
  return text.replace(
    /[\x00-\x1f\\\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g,
    (character) => SHORT[character] ?? bytesOf(character),
  );
}

/** A control character is one byte in Apache's eyes, whatever it is in UTF-8; another is what UTF-8 makes of it. */
function bytesOf(character: string): string {
  if (character < "\u0100") return hex(character);
  return Buffer.from(character, "utf8").toString("latin1").replace(/[^]/g, hex);
}
