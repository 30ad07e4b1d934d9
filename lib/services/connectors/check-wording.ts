import "server-only";

import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { findOverlong } from "@/lib/domain/delivery/record-texts";
import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";

import { textLimits } from "./text-limits";

type Wording = { titleTemplate?: string | null | undefined; descriptionTemplate?: string | null | undefined };

/** Throws `invalid_input`, naming the field, for a template that leaves no room for whose a record is and where it leads. */
export const assertWordingFits = (
  kind: ConnectorKind,
  { titleTemplate = null, descriptionTemplate = null }: Wording,
): void => {
  const limits = textLimits(kind);
  const fields = [
    { pointer: "/titleTemplate", template: titleTemplate, most: limits.title },
    { pointer: "/descriptionTemplate", template: descriptionTemplate, most: limits.description },
  ].flatMap(({ pointer, template, most }) => {
    const detail = template === null ? null : findOverlong(template, env().APP_URL, most);
    return detail === null ? [] : [{ pointer, detail }];
  });
  if (fields.length > 0)
    throw new AppError("invalid_input", fields.map(({ detail }) => detail).join(" "), { fields });
};
