/** Buffer's own codecs, which skip the look-up of an encoding by name: every request passes through them. */
interface Buffer {
  latin1Slice(start?: number, end?: number): string;
  latin1Write(text: string, offset?: number, length?: number): number;
}
