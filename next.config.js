// What every answer says to browsers. What depends on the request or on APP_URL is added by proxy.ts and lib/api.
const SAME_FOR_ALL = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
];

/** @type {import("next").NextConfig} */
const config = {
  headers: async () => [
    { source: "/:path*", headers: SAME_FOR_ALL },
    // Nothing of the API is a page: whoever opens an answer in a browser must not run what it holds.
    {
      source: "/api/:path*",
      headers: [{ key: "Content-Security-Policy", value: "default-src 'none'; frame-ancestors 'none'" }],
    },
  ],
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
