"use server";

import { revalidatePath } from "next/cache";

import type { AddAnswer, CheckAnswer } from "@/components/indicators/add-answers";
import type { ReportAnswer } from "@/components/indicators/report-answers";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { defineTeamAction } from "@/lib/actions/action";
import { MAX_IMPORT_BYTES } from "@/lib/domain/indicator/import-file";
import { MAX_REPORT_BYTES } from "@/lib/domain/report/limits";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { checkReport } from "@/lib/services/indicators/check-report";
import { checkLocalFile, importLocalFile } from "@/lib/services/indicators/import-local-file";
import { setDefaultEnd } from "@/lib/services/indicators/set-default-end";
import { readUploaded } from "@/lib/services/indicators/stored-bytes";

import { defaultEndSchema, toDaysByType } from "../default-end-schema";
import { describeAdded } from "../describe-added";
import { fileFormSchema } from "../file-form-schema";
import { addChosenSchema, reportSourceSchema, toChosenItems } from "../report-form-schema";
import { toShared } from "../shared-form";

/** Reads a report or an e-mail, pasted or uploaded, and answers what is in it. It stores nothing. */
export const readReportAction = defineTeamAction({
  permission: "indicator.write",
  schema: reportSourceSchema,
  run: async ({ team, input: { text, previewId } }) => {
    const source = previewId === undefined ? text : await readUploaded(team.id, previewId, MAX_REPORT_BYTES);
    const data: ReportAnswer = await checkReport(team.id, source);
    return { status: "done", message: `${formatCount(data.candidates.length, "value")} found.`, data };
  },
});

/** Adds what an analyst ticked of a report to the team's own list. */
export const addChosenAction = defineTeamAction({
  permission: "indicator.write",
  schema: addChosenSchema,
  run: async ({ actor, team, input }) => {
    const items = toChosenItems(input, toShared(input, new Date()));
    const outcomes = await addLocalIndicators(
      actor,
      team,
      items,
      input.chosen.map(({ line, context }) => ({ from: "report", line, text: context })),
    );
    const results = outcomes.map((outcome, index) => {
      return { ...outcome, line: input.chosen[index]?.line ?? 0, original: outcome.value };
    });
    return added(team.slug, { results, unit: "line", notes: [] });
  },
});

/** Says of each row of an uploaded file what importing it would do. It stores nothing. */
export const checkFileAction = defineTeamAction({
  permission: "indicator.write",
  schema: fileFormSchema,
  run: async ({ team, input }) => {
    const bytes = await readUploaded(team.id, input.previewId, MAX_IMPORT_BYTES);
    const { checked, unit, notes } = await checkLocalFile(team.id, bytes, toShared(input, new Date()));
    const fresh = checked.filter(({ verdict }) => verdict === "new").length;
    const data: CheckAnswer = { checked, unit, notes: [...notes] };
    return {
      status: "done",
      message: `${formatNumber(fresh)} of ${formatCount(checked.length, "value")} ${fresh === 1 ? "is" : "are"} new.`,
      data,
    };
  },
});

/** Imports an uploaded file into the team's own list, each row judged by itself. */
export const importFileAction = defineTeamAction({
  permission: "indicator.write",
  schema: fileFormSchema,
  run: async ({ actor, team, input }) => {
    const bytes = await readUploaded(team.id, input.previewId, MAX_IMPORT_BYTES);
    const shared = toShared(input, new Date());
    const { results, unit, notes } = await importLocalFile(actor, team, { bytes, shared });
    return added(team.slug, { results, unit, notes: [...notes] });
  },
});

/** Sets how long what the team's people add stays valid when they do not say. */
export const setDefaultEndAction = defineTeamAction({
  permission: "feed.write",
  schema: defaultEndSchema,
  run: async ({ actor, team, input: { team: _, ...days } }) => {
    await setDefaultEnd(actor, team, toDaysByType(days));
    revalidatePath(`/t/${team.slug}`, "layout");
    return { status: "done", message: "Saved. It holds for what is added from now on." };
  },
});

const added = (slug: string, data: AddAnswer) => {
  revalidatePath(`/t/${slug}`, "layout");
  return { status: "done" as const, message: describeAdded(data.results), data };
};
