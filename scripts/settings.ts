// Checks the environment once, before anything starts, and tells the launcher what it needs of it as one JSON line.
// Missing secrets are made here, so that web and worker find the same.
import { EnvironmentError, readEnv } from "@/lib/env/server";

// The launcher brings a database where none is named; everything else must hold already.
const EMBEDDED = "postgresql://embedded@127.0.0.1/sluice";
const isEmbedded = !process.env["DATABASE_URL"]?.trim();

const check = () => {
  try {
    const env = readEnv({ ...process.env, ...(isEmbedded && { DATABASE_URL: EMBEDDED }) });
    return {
      settings: {
        isProduction: env.SLUICE_ENV === "production",
        isEmbedded,
        port: env.PORT,
        appUrl: env.APP_URL,
        dataDir: env.DATA_DIR,
        logLevel: env.LOG_LEVEL,
        adminEmail: env.ADMIN_EMAIL,
        sandboxUrl: env.SANDBOX_URL ?? null,
      },
    };
  } catch (error) {
    if (error instanceof EnvironmentError) return { problems: error.problems };
    throw error;
  }
};

process.stdout.write(`${JSON.stringify(check())}\n`);
