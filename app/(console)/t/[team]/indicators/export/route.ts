import { z } from "zod";

import { respondWithProblem } from "@/lib/api/define-route";
import { authenticateRequest } from "@/lib/auth/authenticate-request";
import { requireTeam } from "@/lib/auth/require";
import {
  EXPORT_FORMATS,
  exportIndicators,
  type ExportFormat,
} from "@/lib/services/indicators/export-indicators";

import { listParamsSchema, toFilter } from "../list-params";

type Context = { params: Promise<{ team: string }> };

const formatSchema = z.object({ format: z.enum(EXPORT_FORMATS).catch("csv") });

const FILES: Readonly<Record<ExportFormat, { type: string; ending: string }>> = {
  csv: { type: "text/csv; charset=utf-8", ending: "csv" },
  json: { type: "application/json", ending: "json" },
  stix: { type: "application/stix+json;version=2.1", ending: "stix.json" },
};

/** Exactly what the list's address finds, as a file; it arrives while it is read. */
export const GET = async (request: Request, { params }: Context): Promise<Response> => {
  try {
    const { team: slug } = await params;
    const actor = await authenticateRequest(request);
    const team = requireTeam(actor, slug, "indicator.read");
    const query = Object.fromEntries(new URL(request.url).searchParams);
    const { format } = formatSchema.parse(query);
    const filter = toFilter(listParamsSchema.parse(query));
    const now = new Date();
    const pieces = exportIndicators(actor, { teamIds: [team.id], filter, format, now });
    // The first piece says whether there is anything to answer with; behind the head of an answer no refusal can be told.
    const first = await pieces.next();
    const { type, ending } = FILES[format];
    const name = `${slug}-indicators-${now.toISOString().slice(0, 10)}.${ending}`;
    return new Response(toStream(first, pieces), {
      headers: {
        "content-type": type,
        "content-disposition": `attachment; filename="${name}"`,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    });
  } catch (error) {
    return respondWithProblem(error);
  }
};

const toStream = (
  first: IteratorResult<string, void>,
  pieces: AsyncGenerator<string, void, undefined>,
): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  let ready: typeof first | null = first;
  return new ReadableStream({
    pull: async (controller) => {
      const { value, done } = ready ?? (await pieces.next());
      ready = null;
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: async () => {
      await pieces.return(undefined);
    },
  });
};
