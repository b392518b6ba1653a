/**
 * The Huffman code of HPACK (RFC 7541 §5.2, appendix B). Pure.
 *
 * The code is canonical: the codes of one length follow each other in the order of their symbols, and the lengths say all.
 */

/** Of each byte, and last of the end-of-string symbol: its length in bits, as a digit in base 36. */
const LENGTHS =
  "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6" +
  "f56565666577666567655677777fbedskmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn" +
  "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrqu";

const END_OF_STRING = 256;

const LONGEST = 30;

/** Codes and lengths by symbol. */
const codes: number[] = [];
const lengths = Array.from(LENGTHS, (digit) => Number.parseInt(digit, 36));

/** By length: the first code of it, how many there are, and where their symbols begin in `symbols`. */
const firstCode: number[] = [0];
const counts: number[] = [0];
const firstSymbol: number[] = [0];
const symbols: number[] = [];

for (let length = 1, code = 0; length <= LONGEST; length++) {
  code *= 2;
  firstCode.push(code);
  firstSymbol.push(symbols.length);
  for (const [symbol, bits] of lengths.entries()) {
    if (bits !== length) continue;
    codes[symbol] = code++;
    symbols.push(symbol);
  }
  counts.push(symbols.length - (firstSymbol[length] as number));
}

/** What the next eight bits begin with, where that is a whole code: symbol × 16 + length; else 0. Most text is such. */
const short = new Uint16Array(256);
for (const [symbol, bits] of lengths.entries()) {
  if (bits > 8) continue;
  const first = (codes[symbol] as number) << (8 - bits);
  short.fill(symbol * 16 + bits, first, first + (1 << (8 - bits)));
}

/**
 * Decodes the bytes of `data` from `start` to `end` into `out`, which must have room for 8/5 of them.
 * @returns how many bytes came of it; -1 when it is no text of this code.
 */
export function huffmanDecode(data: Uint8Array, start: number, end: number, out: Uint8Array): number {
  let at = start * 8;
  const last = end * 8;
  let used = 0;
  while (at < last) {
    const byte = at >> 3;
    // What is behind the end reads as the padding, which is the beginning of the longest code: ones.
    const next = byte + 1 < end ? (data[byte + 1] as number) : 0xff;
    const eight = ((((data[byte] as number) << 8) | next) >> (8 - (at & 7))) & 0xff;
    const found = short[eight] as number;
    if (found !== 0) {
      at += found & 15;
      if (at > last) return -1;
      out[used++] = found >> 4;
      continue;
    }
    if (last - at < 8 && eight === 0xff) return used;
    let code = 0;
    let length = 0;
    let nth: number;
    do {
      // RFC 7541 §5.2: padding is shorter than a byte, and all ones.
      if (at === last) return -1;
      code = (code << 1) | (((data[at >> 3] as number) >> (7 - (at & 7))) & 1);
      at++;
      length++;
      nth = code - (firstCode[length] as number);
    } while (nth >= (counts[length] as number) && length < LONGEST);
    const symbol = symbols[(firstSymbol[length] as number) + nth];
    if (symbol === undefined || symbol === END_OF_STRING) return -1;
    out[used++] = symbol;
  }
  return used;
}

/** How many bytes {@link huffmanEncode} makes of `text`. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += lengths[text.charCodeAt(i)] as number;
  return (bits + 7) >> 3;
}

/** @param text latin-1, one character a byte. */
export function huffmanEncode(text: string): Buffer {
  const bytes = Buffer.alloc(huffmanLength(text));
  let bit = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i);
    const code = codes[symbol] as number;
    for (let left = (lengths[symbol] as number) - 1; left >= 0; left--, bit++) {
      if (((code >>> left) & 1) === 1) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (0x80 >> (bit & 7));
    }
  }
  for (; (bit & 7) !== 0; bit++) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (0x80 >> (bit & 7));
  return bytes;
}
