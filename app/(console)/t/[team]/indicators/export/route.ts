import { z } from "zod";

import { respondWithProblem } from "@/lib/api/define-route";
import { FileAnswer, fileResponse } from "@/lib/api/file-answer";
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
    const { type, ending } = FILES[format];
    const name = `${slug}-indicators-${now.toISOString().slice(0, 10)}.${ending}`;
    return await fileResponse(new FileAnswer(name, type, pieces));
  } catch (error) {
    return respondWithProblem(error);
  }
};
