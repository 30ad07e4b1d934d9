"use client";

import { useState } from "react";

import { UploadField } from "@/components/feeds/upload-field";
import { ActionForm } from "@/components/forms/action-form";
import { askAction } from "@/components/forms/ask-action";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Card, CardBody, CardFooter } from "@/components/ui/card";
import { LinkButton } from "@/components/ui/link-button";
import { Textarea } from "@/components/ui/textarea";

import { parseReportAnswer, type ReportAnswer } from "./report-answers";
import { ReportReview } from "./report-review";
import type { EndRule } from "./shared-fields";

type Props = { team: string; end: EndRule; readAction: FormAction; addAction: FormAction };

/** A report in, its values out: first the text, then what is in it, ticked by an analyst. */
export const ReportForm = ({ team, end, readAction, addAction }: Props) => {
  const [read, setRead] = useState<{ answer: ReportAnswer; round: number } | null>(null);
  // A text that is typed after a file was chosen takes the file's place.
  const [fileRound, setFileRound] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  const show = (data: unknown): void => {
    const answer = parseReportAnswer(data);
    setProblem(null);
    if (answer) setRead((before) => ({ answer, round: (before?.round ?? 0) + 1 }));
  };
  const readFile = async (form: HTMLFormElement, previewId: string): Promise<void> => {
    const data = new FormData(form);
    data.set("previewId", previewId);
    const answer = await askAction(readAction, data, "The file");
    if (answer.status === "done") show(answer.data);
    else setProblem(answer.status === "failed" ? answer.message : "The file could not be read.");
  };

  return (
    <div className="space-y-6">
      <ActionForm
        action={readAction}
        label="Read a report"
        isQuiet
        onDone={({ data }) => {
          show(data);
        }}
        className="space-y-0"
      >
        <Card>
          <CardBody className="grid grid-cols-1 gap-5 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
            <HiddenFields values={{ team }} />
            <Field
              name="text"
              label="Report or e-mail"
              hint="The text of a blog post or a ticket, what you copied out of a PDF (lines it broke, as in hxxp://exam / ple, are put together where nothing else can be meant), or an e-mail with its headers (“show original”)."
            >
              <Textarea
                isMono
                rows={10}
                onChange={() => {
                  setFileRound((before) => before + 1);
                  setProblem(null);
                }}
              />
            </Field>
            <div>
              <p className="mb-1 text-sm font-medium">Or its file</p>
              <UploadField
                key={fileRound}
                team={team}
                keptId={null}
                hint="An e-mail as .eml or a text as .txt, at most 25 MB. Bodies, links behind words and attached e-mails are read; of attached files the SHA-256 is taken."
                onUploaded={(form, previewId) => {
                  void readFile(form, previewId);
                }}
              />
              {problem !== null && (
                <p role="alert" className="text-danger mt-2 text-sm">
                  {problem}
                </p>
              )}
            </div>
          </CardBody>
          <CardFooter>
            <SubmitButton pendingLabel="Reading" variant={read === null ? "primary" : "secondary"}>
              {read === null ? "Find values" : "Find values again"}
            </SubmitButton>
            <LinkButton href={`/t/${team}/indicators`} variant="ghost">
              Back to the list
            </LinkButton>
          </CardFooter>
        </Card>
        <div className="mt-4">
          <FormStatus />
        </div>
      </ActionForm>
      {read !== null && (
        <ReportReview key={read.round} team={team} end={end} report={read.answer} addAction={addAction} />
      )}
    </div>
  );
};
