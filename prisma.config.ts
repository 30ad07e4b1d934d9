import { defineConfig } from "prisma/config";

// Migrations run as the owner of the tables; a blank variable counts as unset.
const url = [process.env["DATABASE_OWNER_URL"], process.env["DATABASE_URL"]].find(Boolean) ?? "";

export default defineConfig({
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations" },
  datasource: { url },
});
