/**
 * What the command line came to: immutable, typed, units in the names. Everything but `options/` sees only this.
 *
 * A `Settings` is plain data, so that it crosses a process border as JSON. All paths are absolute.
 */

import type { ErrorDocument } from "./error-document.ts";
import type { Directive } from "./directive.ts";
import type { LogLevel } from "./log-level.ts";
import type { Monitoring } from "./monitoring.ts";
import type { Upstream } from "./upstream.ts";

export interface Settings {
  readonly program: Program;
  readonly application: Application;
  readonly listeners: Listeners;
  /** null when there is no port for HTTPS. */
  readonly tls: Tls | null;
  readonly frontEnds: FrontEnds;
  readonly site: Site;
  readonly trust: Trust;
  readonly access: Access;
  readonly files: Files;
  readonly responses: Responses;
  /** Apache directives; null when no option asks for any. */
  readonly directives: Directives | null;
  readonly proxies: Proxies;
  readonly workers: Workers;
  /** null without debug mode. */
  readonly debugging: Debugging | null;
  readonly identity: Identity;
  readonly services: readonly Service[];
  readonly environ: Environ;
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  readonly logs: Logs;
  readonly monitoring: Monitoring;
  readonly server: Server;
}

/** Under which name the program runs, and which words it was given. */
export interface Program {
  readonly name: "malt" | "mod_wsgi-express";
  readonly version: string;
  /** "control" starts again what one of the others has left in a server root. */
  readonly command: "start-server" | "setup-server" | "control";
  /** The command line as it was typed, in the form of a Python list: for people. */
  readonly typed: string;
  /** What followed the command, variables replaced, and where it was typed: enough to start this server again. */
  readonly words: readonly string[];
  readonly directory: string;
}

export type ApplicationType = "script" | "module" | "paste" | "static" | "welcome";

export interface Application {
  readonly type: ApplicationType;
  /** File of a `script` or `paste`, dotted name of a `module`, "" for `static` and `welcome`. */
  readonly entryPoint: string;
  readonly callableObject: string;
  /** URL prefix without a trailing slash: "" is the root of the site. */
  readonly mountPoint: string;
  /** `--map-head-to-get`: "on" shows every HEAD to the application as GET. */
  readonly mapHeadToGet: "off" | "on" | "auto";
  /** Workers are replaced when the application's file changes. */
  readonly scriptReloading: boolean;
  /** The same when any file that they have loaded changes. */
  readonly reloadOnChanges: boolean;
}

/** A host, null being every interface, or a socket in the file system. */
export type ListenAddress = { readonly host: string | null } | { readonly path: string };

export interface Listeners {
  /** Where to listen; there is at least one. */
  readonly addresses: readonly ListenAddress[];
  /** The first of them as given to --host; null is every interface. */
  readonly host: string | null;
  /** `host`, or "localhost" for every interface and sockets in the file system: used in URLs. */
  readonly hostLabel: string;
  /** Permissions of sockets in the file system. */
  readonly socketMode: number;
  /** 0 is any free port. */
  readonly port: number;
  /** null when there is none for HTTPS; 0 is any free one. */
  readonly httpsPort: number | null;
  /** HTTP/2 is spoken beside HTTP/1. */
  readonly http2: boolean;
  readonly backlog: number;
}

export interface Tls {
  /** The first is for clients that ask for no host, or for one that none of the certificates names. */
  readonly certificates: readonly CertificateFiles[];
  /** null when no client has to show a certificate. */
  readonly clients: ClientCertificates | null;
  /** Whether applications see the SSL_* variables. */
  readonly environment: boolean;
}

/** A certificate of the server, and which options named its files. */
export interface CertificateFiles {
  readonly certificate: Named;
  readonly key: Named;
  /** Certificates to send after those in the first file. */
  readonly chain: Named | null;
}

/** A file and the option it comes from, with which messages name it. */
export interface Named {
  readonly option: string;
  readonly path: string;
}

export interface ClientCertificates {
  readonly authorities: Named;
  /** Below which paths one is needed; no trailing slash unless it is "/", which is the whole site. */
  readonly urlPaths: readonly string[];
}

/** The processes that hold the clients. */
export interface FrontEnds {
  readonly count: number;
  /** Connections all of them hold at once, idle ones too; 0 when only requests in hand count. */
  readonly connections: number;
}

/** The name the site goes by; null when every Host is served. */
export interface Site {
  readonly serverName: string | null;
  /** Names, and patterns with * and ?; each may hold several, separated by blanks. */
  readonly serverAliases: readonly string[];
  /** Requests from this machine, and those for localhost, are served whatever name they use. */
  readonly allowLocalhost: boolean;
  readonly httpsOnly: boolean;
  /** The value of Strict-Transport-Security; null sends none. */
  readonly hstsPolicy: string | null;
}

/** Who is believed when it speaks for others. Subnets are as `settings/subnets.ts` reads them. */
export interface Trust {
  /** Lower-case names of the header fields of a proxy, in the order of the options; none: nothing is believed. */
  readonly headers: readonly string[];
  /** Who may send them; null is everybody. */
  readonly peers: readonly string[] | null;
  /** Whose connections begin with a PROXY header. */
  readonly proxyProtocol: readonly string[];
}

/** The Python scripts that say who may use the site. */
export interface Access {
  /** null when every client is served. */
  readonly hostScript: string | null;
  /** null when nobody has to log in. */
  readonly login: Login | null;
}

/** How users log in. */
export interface Login {
  readonly type: "Basic" | "Digest";
  readonly script: string;
  /** What the users are users of, as browsers show it. */
  readonly realm: string;
  /** Which group they must be in, by which script; null when every user is served. */
  readonly group: { readonly script: string; readonly name: string } | null;
}

export interface UrlAlias {
  /** Begins with "/", no trailing slash unless it is "/". */
  readonly urlPath: string;
  readonly target: string;
}

/** A script that answers for files whose names have an extension. */
export interface FileHandler {
  /** Lower case, with its dot. */
  readonly extension: string;
  readonly script: string;
}

export interface Files {
  readonly documentRoot: string;
  /** Names given to --directory-index; null when the option was not used (then index.html is looked for). */
  readonly directoryIndex: readonly string[] | null;
  readonly directoryListing: boolean;
  /** Longest first: the order in which they are tried. */
  readonly aliases: readonly UrlAlias[];
  /** Files of the document root whose names end in .cgi, or that directives name, are programs that answer themselves. */
  readonly cgi: boolean;
  /** One for each extension. */
  readonly handlers: readonly FileHandler[];
  /** A mime.types file that replaces the built-in table; null for the built-in one. */
  readonly mimeTypes: string | null;
  readonly sendfile: boolean;
  /** The built-in documentation is served. */
  readonly docs: boolean;
  /** Files compressed beforehand, beside the originals, are sent to those who take them. */
  readonly precompressed: boolean;
}

/** What becomes of responses on their way to the client. */
export interface Responses {
  /** One for each status that has one. */
  readonly errorDocuments: readonly (readonly [status: number, document: ErrorDocument])[];
  /** Errors of the application are answered as those of the server are. */
  readonly errorOverride: boolean;
  readonly compress: boolean;
}

/** Files with Apache directives, and what they say: read once, before anything starts. */
export interface Directives {
  /** --include-file, in order. */
  readonly includeFiles: readonly string[];
  /** --rewrite-rules; null when there are none. */
  readonly rewriteRules: string | null;
  /** Words of --allow-override; none when .htaccess files are not read. */
  readonly allowOverride: readonly string[];
  readonly included: readonly Directive[];
  readonly rules: readonly Directive[];
}

/** Requests that are handed to other servers. */
export interface Proxies {
  /** In the order in which they are tried. */
  readonly mounts: readonly ProxyMount[];
  readonly hosts: readonly ProxyHost[];
}

export interface ProxyMount {
  /** "" for the root of the site, else with a leading and no trailing slash. */
  readonly urlPath: string;
  /** The path without its closing slash belongs to the mount, too, and is redirected to the one with it. */
  readonly coversItself: boolean;
  readonly upstream: Upstream;
}

export interface ProxyHost {
  /** Lower case, without a port. */
  readonly name: string;
  readonly upstream: Upstream;
}

export interface Workers {
  readonly processes: number;
  /** --processes was given, even as 1: `wsgi.multiprocess` is then true. In embedded mode: there is more than one. */
  readonly processesGiven: boolean;
  readonly threads: number;
  /** --embedded-mode, or debug mode: workers appear to applications as a part of the server, and nothing limits them. */
  readonly embedded: boolean;
  /** `HOST:PORT`, the mod_wsgi process group. */
  readonly group: string;
  /** The interpreter, absolute; found and probed by the options layer. */
  readonly python: string;
  readonly pythonPath: readonly string[];
  readonly pythonEggs: string;
  readonly workingDirectory: string;
  readonly locale: string;
  /** Directory in which the folder with the worker sockets is made. */
  readonly socketPrefix: string;
  readonly daemonBacklog: number;
  /** 0 leaves the system's default. */
  readonly sendBufferBytes: number;
  readonly receiveBufferBytes: number;
  /** Requests after which a worker is replaced; 0 is never. */
  readonly maximumRequests: number;
  /** URL prefixes, of whole segments, whose requests are no activity; no trailing slash unless it is "/". */
  readonly ignoreActivity: readonly string[];
  /** A worker ends without the interpreter's own shutdown. */
  readonly orphanInterpreter: boolean;
  readonly verboseDebugging: boolean;
}

/** Debug mode: one worker with one thread has the terminal, and the server ends with it. */
export interface Debugging {
  /** Exceptions that the application doesn't catch open pdb. */
  readonly debugger: boolean;
  /** So does the end of loading. */
  readonly stopsAtStart: boolean;
  /** Where the tools write what they find; null when they are off. */
  readonly coverageDirectory: string | null;
  readonly profilerDirectory: string | null;
  readonly recorderDirectory: string | null;
  /** The gdb that Python runs under, absolute; null for none. */
  readonly gdb: string | null;
}

/** Who front ends and workers run as. `drop` is false when the supervisor already is that user. */
export interface Identity {
  readonly user: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
  readonly drop: boolean;
}

/** A Python script that runs next to the application, in a process of its own. */
export interface Service {
  readonly name: string;
  readonly script: string;
  readonly identity: Identity;
  /** Full path of its own log; null when it writes to the error log. */
  readonly log: string | null;
}

export interface Environ {
  readonly set: readonly (readonly [key: string, value: string])[];
  readonly pass: readonly string[];
}

/** Milliseconds; 0 means "no limit" unless a comment says otherwise. */
export interface Timeouts {
  readonly startupMs: number;
  readonly shutdownMs: number;
  readonly gracefulMs: number;
  readonly requestMs: number;
  readonly restartMs: number;
  /** Processor time. */
  readonly cpuMs: number;
  /** 0 is the value of gracefulMs. */
  readonly evictionMs: number;
  readonly deadlockMs: number;
  readonly inactivityMs: number;
  readonly queueMs: number;
  readonly connectMs: number;
  /** How long the application may send nothing. */
  readonly answerMs: number;
  /** How long a client may take nothing, unless `responseSocketMs` says otherwise. */
  readonly socketMs: number;
  readonly responseSocketMs: number;
  readonly headerMs: number;
  readonly headerMaxMs: number;
  readonly headerMinRateBytes: number;
  readonly bodyMs: number;
  readonly bodyMaxMs: number;
  readonly bodyMinRateBytes: number;
  /** 0: every connection closes after one response. */
  readonly keepAliveMs: number;
}

export interface Limits {
  /** 0 is no limit. */
  readonly requestBodyBytes: number;
  /** How many response bytes a worker may send before the client has taken any: the credit of one request. */
  readonly responseBufferBytes: number;
  /** Longest response header line a worker may send. */
  readonly headerBufferBytes: number;
  /** Clients whose requests the application has in hand at once; more of them wait. */
  readonly maxClients: number;
  /** The numbers of the banner: what Apache's event and prefork modules would round that to. */
  readonly maxClientsEvent: number;
  readonly maxClientsPrefork: number;
  readonly chunkedRequest: boolean;
}

export interface Logs {
  readonly directory: string;
  readonly level: LogLevel;
  /** Threshold per module, from `LEVEL module:LEVEL …`. */
  readonly moduleLevels: Readonly<Record<string, LogLevel>>;
  readonly toTerminal: boolean;
  /** Full path of the error log, also when the terminal is used instead. */
  readonly errorLog: string;
  /** null when --access-log was not given. */
  readonly accessLog: string | null;
  /** null when --startup-log was not given. */
  readonly startupLog: string | null;
  /** "json" is instead of both formats below. */
  readonly format: "apache" | "json";
  /** A LogFormat string; the nicknames are already resolved. */
  readonly accessFormat: string;
  /** An ErrorLogFormat string; null is Apache's default. */
  readonly errorFormat: string | null;
  /** null when log files grow for ever, or are rotated by somebody else. */
  readonly rotation: Rotation | null;
}

export interface Rotation {
  /** When a file is full, MiB. */
  readonly sizeMib: number;
  /** The program that rotates instead of the server. */
  readonly program: string | null;
}

export interface Server {
  readonly root: string;
  /** True when the default below the temporary directory is used: then its owner is checked before use. */
  readonly rootIsDefault: boolean;
  readonly pidFile: string;
  /** The shell that runs the control script, absolute. */
  readonly shell: string;
  /** --envvars-script; null when only the file `envvars` in the server root is read. */
  readonly envvarsScript: string | null;
  /** --process-name; null leaves the command line as it was typed. */
  readonly processName: string | null;
  /** --modules-directory, which is only passed on to the application; null when not given. */
  readonly modulesDirectory: string | null;
}
