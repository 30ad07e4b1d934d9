/** @type {import("next").NextConfig} */
const config = {
  experimental: { authInterrupts: true },
  poweredByHeader: false,
  // `npm test` checks the types of everything, workers and tests included; a first start need not wait for it again.
  typescript: { ignoreBuildErrors: true },
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
