/** @type {import("next").NextConfig} */
const config = {
  experimental: { authInterrupts: true },
  poweredByHeader: false,
  serverExternalPackages: [
    "bullmq",
    "ioredis",
    "pino",
    "pg",
    "pg-copy-streams",
    "@node-rs/argon2",
    "@azure/msal-node",
    "undici",
    "re2js",
  ],
};

export default config;
