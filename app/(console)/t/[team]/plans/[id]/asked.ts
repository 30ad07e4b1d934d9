import { z } from "zod";

import { planItemFilterSchema } from "@/lib/domain/delivery/plan-item-filter";
import { ITEM_SORTS } from "@/lib/services/planning/select-plan-items";

const { operation, code, q, type, feed, action } = planItemFilterSchema.shape;

/** What the address of a plan's page asks of its items; what cannot be is as if nobody asked. */
export const askedSchema = z.object({
  show: operation.catch(undefined),
  code: code.catch(undefined),
  q: q.catch(undefined),
  type: type.catch(undefined),
  feed: feed.catch(undefined),
  action: action.catch(undefined),
  // A place among what most devices saw begins with their number.
  cursor: z
    .string()
    .regex(/^(?:(?:-1|\d{1,10})\.)?\d{1,18}$/)
    .optional()
    .catch(undefined),
  sort: z.enum(ITEM_SORTS).catch("row"),
});
export type Asked = z.infer<typeof askedSchema>;

/** The address of a list, with what is asked of it; what nobody asks for is left out. */
export const toAddress = (path: string, asked: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(asked).filter(
    (one): one is [string, string] => one[1] !== undefined && one[1] !== "",
  );
  return `${path}?${new URLSearchParams(given).toString()}`;
};
