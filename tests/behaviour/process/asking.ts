/** Clients that ask for something while other things happen. */

import type { Server } from "../../harness/server.ts";
import { until } from "../../harness/until.ts";

/** Asks without a pause, from several clients, until told to stop; then with what was answered: status and pid. */
export async function askOn(server: Server, clients: number): Promise<{ stop(): Promise<string[]> }> {
  const end = new AbortController();
  const answers: string[] = [];
  const client = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const response = await server.get("/");
      answers.push(`${response.status} ${await response.text()}`);
    }
  };
  const all = Array.from({ length: clients }, client);
  await until("answers", () => answers.length > clients);
  return {
    async stop() {
      end.abort();
      await Promise.all(all);
      return answers;
    },
  };
}
