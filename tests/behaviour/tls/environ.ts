/** What tests/apps/echo.py says of the environ it was called with. */

export type Environ = Readonly<Record<string, unknown>>;

/** The environ in a raw response. */
export function environIn(response: string): Environ {
  const body = response.slice(response.indexOf("\r\n\r\n") + 4);
  return (JSON.parse(body) as { environ: Environ }).environ;
}
