/** Who serves files in the benchmark of files: Malt, nginx and Apache, each with what its manual advises for that. */

import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { maltBinary, type SystemNeed } from "./servers.ts";

export interface FileLaunch {
  readonly port: number;
  /** The folder with the files. */
  readonly files: string;
  /** An empty folder for what the server writes. */
  readonly scratch: string;
  /** Whom to run as; null unless root started the benchmark. */
  readonly user: string | null;
}

export interface FileServer {
  readonly name: string;
  readonly needs: readonly SystemNeed[];
  readonly shape: string;
  /** Writes what it needs, and says how it is started. */
  readonly command: (launch: FileLaunch) => readonly string[];
}

const maltCommand = ({ files, port, scratch, user }: FileLaunch): string[] => [
  maltBinary,
  "start-server",
  "--host=127.0.0.1",
  `--port=${port}`,
  "--application-type=static",
  `--server-root=${scratch}`,
  ...(user === null ? [] : [`--user=${user}`]),
  files,
];

export const fileServers: readonly FileServer[] = [
  { name: "malt", needs: [], shape: "one front end", command: maltCommand },
  {
    name: "malt, sendfile",
    needs: [],
    shape: "one front end, `--enable-sendfile`",
    command: (launch) => [...maltCommand(launch), "--enable-sendfile"],
  },
  {
    name: "nginx",
    needs: [{ path: "nginx", debian: "nginx-light" }],
    shape: "one worker, `sendfile on`, `tcp_nopush on`, no access log",
    command: ({ files, port, scratch, user }) => {
      const config = join(scratch, "nginx.conf");
      writeFileSync(
        config,
        `${user === null ? "" : `user ${user} nogroup;`}
worker_processes 1; daemon off; pid ${scratch}/nginx.pid; error_log ${scratch}/error_log;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; client_body_temp_path ${scratch};
  server { listen 127.0.0.1:${port}; root ${files}; }
}
`,
      );
      return ["nginx", "-c", config, "-e", `${scratch}/error_log`];
    },
  },
  {
    name: "Apache",
    needs: [{ path: "apache2", debian: "apache2" }],
    shape: "event MPM, `EnableSendfile on`, no access log",
    command: ({ files, port, scratch, user }) => {
      const config = join(scratch, "httpd.conf");
      const modules = ["mpm_event", "authz_core"].map(
        (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
      );
      writeFileSync(
        config,
        `${modules.join("\n")}
${user === null ? "" : `User ${user}\nGroup nogroup`}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${scratch}/httpd.pid
ErrorLog ${scratch}/error_log
DefaultRuntimeDir ${scratch}
DocumentRoot ${files}
MaxKeepAliveRequests 0
EnableSendfile on
<Directory ${files}>
  Require all granted
</Directory>
`,
      );
      return ["apache2", "-f", config, "-DFOREGROUND"];
    },
  },
];
