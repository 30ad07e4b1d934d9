/** One key of `ENCRYPTION_KEYS`; `key` is 32 bytes. */
export type EncryptionKey = { id: string; key: Buffer };

/** The whole environment, checked. What is unset and has no default is `undefined`. */
export type Env = {
  /** Decides what "production" means; `NODE_ENV` never does. */
  SLUICE_ENV: "production" | "local";
  DATABASE_URL: string;
  DATABASE_OWNER_URL: string | undefined;
  REDIS_URL: string | undefined;
  PORT: number;
  /** An origin without a trailing slash. */
  APP_URL: string;
  /** An absolute path. */
  DATA_DIR: string;
  AUTH_SECRET: string;
  /** At least one; the first encrypts, all decrypt. */
  ENCRYPTION_KEYS: EncryptionKey[];
  ADMIN_EMAIL: string;
  ADMIN_PASSWORD: string | undefined;
  /** Without a trailing slash; never set in production. */
  SANDBOX_URL: string | undefined;
  /** Networks in CIDR notation, host bits cleared. */
  FEED_ALLOWED_CIDRS: string[];
  /** Networks in CIDR notation: only what comes from there may say for whom it was sent. */
  TRUSTED_PROXIES: string[];
  ENTRA_TENANT_ID: string | undefined;
  ENTRA_CLIENT_ID: string | undefined;
  ENTRA_CLIENT_SECRET: string | undefined;
  /** Where the cluster writes the token of a workload identity. */
  AZURE_FEDERATED_TOKEN_FILE: string | undefined;
  /** Says of a virtual machine what its environment does not show; `off` where connectors are not to use the machine's. */
  AZURE_MANAGED_IDENTITY: "on" | "off" | undefined;
  WORKER_CONCURRENCY: number;
  LOG_LEVEL: LogLevel;
  METRICS_TOKEN: string | undefined;
};

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
type LogLevel = (typeof LOG_LEVELS)[number];
