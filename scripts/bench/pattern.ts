/** The bytes of big bodies: number i is i % 251, as in apps/transfer.py. Pure. */

// Prime, so that a block lost, doubled or moved by a power of two shows in the very next byte.
const period = 251;
export const blockBytes = 65_536;

const pattern = Buffer.alloc(blockBytes + period).map((_, index) => index % period);

/** The bytes at `position` of a body, `length` of them or `blockBytes` when that is less. */
export function piece(position: number, length: number): Uint8Array {
  const start = position % period;
  return pattern.subarray(start, start + Math.min(length, blockBytes));
}

/** Whether `bytes` are those that belong at `position`. */
export function belongs(bytes: Uint8Array, position: number): boolean {
  for (let offset = 0; offset < bytes.length; offset += blockBytes) {
    const part = bytes.subarray(offset, offset + blockBytes);
    if (Buffer.compare(part, piece(position + offset, part.length)) !== 0) return false;
  }
  return true;
}
