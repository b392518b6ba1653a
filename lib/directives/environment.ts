/** The variables of a request. As in Apache, their names are the same in upper and lower case. */

export class Environment {
  #entries = new Map<string, { readonly name: string; value: string }>();

  get size(): number {
    return this.#entries.size;
  }

  get(name: string): string | undefined {
    return this.#entries.get(name.toLowerCase())?.value;
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  /** The spelling that was there first stays. */
  set(name: string, value: string): void {
    const lower = name.toLowerCase();
    const entry = this.#entries.get(lower);
    if (entry === undefined) this.#entries.set(lower, { name, value });
    else entry.value = value;
  }

  delete(name: string): void {
    this.#entries.delete(name.toLowerCase());
  }

  clear(): void {
    this.#entries.clear();
  }

  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    for (const { name, value } of this.#entries.values()) yield [name, value];
  }
}
