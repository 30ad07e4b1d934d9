import "server-only";

import { createHash } from "node:crypto";

import { AppError } from "@/lib/domain/errors";
import { gatherCandidates, type ReportCandidate, type ReportRefusal } from "@/lib/domain/report/candidates";
import { createDoubt } from "@/lib/domain/report/doubts";
import { MAX_REPORT_VALUES, refuseLength } from "@/lib/domain/report/limits";
import type { Report } from "@/lib/domain/report/report";
import { describeMark } from "@/lib/domain/screening/mark";
import { readReport } from "@/lib/feeds/report/read-report";

import { judgeValues, knownFrom, overrules } from "./judge-values";

/** One value of a report with all that speaks for and against it. */
type CheckedCandidate = Omit<ReportCandidate, "contexts"> & {
  /** What the team's allowlists say; null: nothing. */
  caution: string | null;
  /** Where the team has it from; null: it does not have it. */
  known: string | null;
  /** Whether it is proposed; where it is not, `reason` says why. */
  isProposed: boolean;
  reason: string | null;
};
export type CheckedReport = {
  isMail: boolean;
  candidates: CheckedCandidate[];
  /** The first thousand of them, and how many there are. */
  rejected: ReportRefusal[];
  rejectedCount: number;
  notes: string[];
};

/**
 * Reads a report or a raw e-mail and answers every value in it with the line it stood in, what lists say of it, whether the team
 * has it, and whether it is proposed. What is likely benign is not proposed, and says why; nothing is left out. It stores nothing.
 */
export const checkReport = async (teamId: string, source: string | Uint8Array): Promise<CheckedReport> => {
  const report = await openReport(source);
  const { candidates, rejected, rejectedCount } = gatherCandidates(report);
  if (candidates.length > MAX_REPORT_VALUES)
    throw new AppError(
      "invalid_input",
      `The text holds ${candidates.length.toLocaleString("en-US")} values; a report has ${MAX_REPORT_VALUES.toLocaleString("en-US")} at most. Import a list as a file, or make a feed of it.`,
    );
  const doubt = createDoubt(report, candidates);
  const judge = await judgeValues(teamId, candidates);
  return {
    isMail: report.mail !== null,
    candidates: candidates.map((candidate) => {
      const { contexts: _, ...facts } = candidate;
      const { mark, feeds, withdrawn } = judge(candidate);
      const caution = mark && describeMark(mark);
      const known = feeds && knownFrom(feeds);
      const reason = caution ?? (withdrawn && overrules(withdrawn)) ?? doubt(candidate) ?? known;
      return { ...facts, caution, known, isProposed: reason === null, reason };
    }),
    rejected,
    rejectedCount,
    notes: [...report.notes],
  };
};

const openReport = async (source: string | Uint8Array): Promise<Report> => {
  const { files, ...report } = await readOrRefuse(source);
  refuseLength(report.parts.reduce((sum, { text }) => sum + text.length, 0));
  return {
    ...report,
    files: files.map(({ name, bytes, isPicture }) => {
      return { name, isPicture, sha256: createHash("sha256").update(bytes).digest("hex") };
    }),
  };
};

const readOrRefuse = async (source: string | Uint8Array) => {
  if (isPdf(source))
    throw new AppError(
      "invalid_input",
      "This is a PDF file. Open it, copy its text (Ctrl-A, Ctrl-C) and paste that: values that its lines broke are put together.",
    );
  try {
    return await readReport(source);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      "invalid_input",
      "The e-mail cannot be taken apart: it is nested too deep or its head is too long. Paste its text instead.",
      { cause: error },
    );
  }
};

const isPdf = (source: string | Uint8Array): boolean =>
  (typeof source === "string"
    ? source.slice(0, 5)
    : new TextDecoder("latin1").decode(source.subarray(0, 5))) === "%PDF-";
