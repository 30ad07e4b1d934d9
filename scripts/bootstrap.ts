// Makes the first administrator (ADMIN_EMAIL, ADMIN_PASSWORD) where there is none yet, and says the one-time password, once.
// `--json` says it to the launcher.
import { closeDatabase } from "@/lib/db/client";
import { env } from "@/lib/env/server";
import { bootstrapAdministrator } from "@/lib/services/people/bootstrap-administrator";

const { ADMIN_EMAIL, ADMIN_PASSWORD } = env();
const administrator = await bootstrapAdministrator({
  email: ADMIN_EMAIL,
  ...(ADMIN_PASSWORD !== undefined && { password: ADMIN_PASSWORD }),
});
await closeDatabase();

const { email, oneTimePassword, created } = administrator;
const forPeople = [
  created ? `Administrator: ${email}` : `There is an administrator already: ${email}`,
  ...(oneTimePassword === null ? [] : [`One-time password: ${oneTimePassword}`]),
].join("\n");
process.stdout.write(`${process.argv.includes("--json") ? JSON.stringify(administrator) : forPeople}\n`);
