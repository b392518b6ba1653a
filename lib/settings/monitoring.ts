/** The settings of what tells about the server itself. */

/** What the server tells of itself, and where. Paths begin with "/". */
export interface Monitoring {
  /** Where the site has the metrics, and tells whether it is well; null is nowhere. */
  readonly metricsPath: string | null;
  readonly healthPath: string | null;
  /** The site has a status page, for clients on this machine. */
  readonly statusPage: boolean;
  /** Where all of that is served to whoever can connect; null is nowhere. */
  readonly admin: Admin | null;
  /** Applications may ask for the metrics of the server. */
  readonly serverMetrics: boolean;
  /** Requests that run for longer are logged with what they are doing; 0 logs none. */
  readonly slowRequestMs: number;
}

/** A listener besides those of the site. */
export interface Admin {
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
  readonly metricsPath: string;
  readonly healthPath: string;
}
