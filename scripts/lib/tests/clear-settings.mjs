import process from "node:process";

const SETTINGS =
  "SLUICE_ENV DATABASE_URL DATABASE_OWNER_URL REDIS_URL PORT APP_URL DATA_DIR AUTH_SECRET ENCRYPTION_KEYS ADMIN_EMAIL ADMIN_PASSWORD SANDBOX_URL FEED_ALLOWED_CIDRS TRUSTED_PROXIES ENTRA_TENANT_ID ENTRA_CLIENT_ID ENTRA_CLIENT_SECRET AZURE_FEDERATED_TOKEN_FILE AZURE_MANAGED_IDENTITY WORKER_CONCURRENCY LOG_LEVEL METRICS_TOKEN";

/**
 * Tests and measurements bring what they need: nothing that this machine's user has set for the product may reach them, by
 * the environment or by a file `.env`, which blank variables keep out.
 */
export const clearSettings = () => {
  for (const name of SETTINGS.split(" ")) process.env[name] = "";
};
