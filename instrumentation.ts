/** Runs once in each process that serves, as it begins to; of what came in its first second the sender may be as the client says. */
export const register = async (): Promise<void> => {
  if (process.env["NEXT_RUNTIME"] !== "nodejs") return;
  const { env } = await import("@/lib/env/server");
  const { watchSenders } = await import("@/lib/auth/sender-address");
  const { TRUSTED_PROXIES, APP_URL } = env();
  watchSenders(TRUSTED_PROXIES);
  if (APP_URL.startsWith("https://") && TRUSTED_PROXIES.length === 0) {
    const { logger } = await import("@/lib/observability/logger");
    logger.warn(
      "TRUSTED_PROXIES is not set, although APP_URL is https: the proxy in front counts as the sender of everything, and a few wrong passwords make everybody wait (docs/operations.md, “Proxies”)",
    );
  }
};
