/** Runs once in each process that serves, before it takes requests. */
export const register = async (): Promise<void> => {
  if (process.env["NEXT_RUNTIME"] !== "nodejs") return;
  const { env } = await import("@/lib/env/server");
  const { watchSenders } = await import("@/lib/auth/sender-address");
  watchSenders(env().TRUSTED_PROXIES);
};
