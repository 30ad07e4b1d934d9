import { z } from "zod";

/** A list of five million rows is about 400 MB, and may be sent packed. */
export const MAX_UPLOAD_BYTES = 1024 * 1024 * 1024;

/** What the file was called where it came from, without its folders; shown to people and nothing more. */
export const uploadNameSchema = z
  .string()
  .max(1_000)
  .transform((path) =>
    path
      .slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1)
      .replaceAll(/\p{C}/gu, "")
      .trim()
      .slice(0, 255),
  )
  .default("");
