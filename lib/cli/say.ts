/** Last words: written to the end before the process may exit. */

export function say(stream: NodeJS.WriteStream, text: string, status: number): Promise<number> {
  return new Promise((resolve) => stream.write(text, () => resolve(status)));
}
