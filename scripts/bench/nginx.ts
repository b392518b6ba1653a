/** nginx in front of gunicorn, set up as its users do who want it fast. Pure. */

import type { Launch } from "./servers.ts";

/** The configuration file. gunicorn listens on `gunicorn.sock` in the scratch folder. */
export function nginxConfiguration({ port, scratch, secure, user }: Launch): string {
  const listen = secure === null ? `127.0.0.1:${port}` : `127.0.0.1:${port} ssl${secure.http2 ? " http2" : ""}`;
  const certificate =
    secure === null
      ? ""
      : `ssl_certificate ${secure.certificate}.crt;
    ssl_certificate_key ${secure.certificate}.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:tls:1m;`;
  // nginx gives up root's rights in its processes only when it has them.
  return `${user === null ? "" : `user ${user} ${groupOf(user)};`}
worker_processes 2;
pid ${scratch}/nginx.pid;
error_log ${scratch}/error_log;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000;
  client_body_temp_path ${scratch}/body;
  proxy_temp_path ${scratch}/proxy;
  fastcgi_temp_path ${scratch}/fastcgi;
  uwsgi_temp_path ${scratch}/uwsgi;
  scgi_temp_path ${scratch}/scgi;
  upstream application {
    server unix:${scratch}/gunicorn.sock;
    keepalive 32;
    keepalive_requests 1000000;
  }
  server {
    listen ${listen};
    ${certificate}
    location / {
      proxy_pass http://application;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`;
}

/** Debian's nobody belongs to nogroup. */
function groupOf(user: string): string {
  return user === "nobody" ? "nogroup" : user;
}
