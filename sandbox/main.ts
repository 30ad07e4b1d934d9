import { z } from "zod";

import { startSandbox } from "./server";

const environmentSchema = z.object({
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(4010),
  SANDBOX_HOST: z.string().min(1).default("127.0.0.1"),
  SANDBOX_STATE: z.string().min(1).optional(),
});

/** Blank counts as unset. */
const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ""));

const main = async (): Promise<void> => {
  const { SANDBOX_PORT: port, SANDBOX_HOST: host, SANDBOX_STATE: statePath } = environmentSchema.parse(given);
  const sandbox = await startSandbox({ port, host, ...(statePath === undefined ? {} : { statePath }) });
  process.stdout.write(`${JSON.stringify({ ready: true, url: sandbox.url })}\n`);

  const stop = (): void => {
    process.off("SIGTERM", stop).off("SIGINT", stop);
    sandbox.close().then(() => process.exit(0), fail);
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
};

const fail = (error: unknown): void => {
  const message =
    error instanceof z.ZodError
      ? z.prettifyError(error)
      : error instanceof Error
        ? error.message
        : String(error);
  process.stderr.write(
    `${JSON.stringify({ level: "fatal", message: `The sandbox cannot run: ${message}` })}\n`,
  );
  process.exit(1);
};

main().catch(fail);
