"use client";

import { FileSpreadsheet } from "lucide-react";
import { useState } from "react";

import { UploadField } from "@/components/feeds/upload-field";
import { ActionForm } from "@/components/forms/action-form";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Card, CardBody, CardFooter } from "@/components/ui/card";
import { LinkButton } from "@/components/ui/link-button";

import { parseAddAnswer, type AddAnswer } from "./add-answers";
import { FatesCard } from "./fates-card";
import { SharedFields, type EndRule } from "./shared-fields";
import { useCheck } from "./use-check";

type Props = {
  team: string;
  end: EndRule;
  importAction: FormAction;
  checkAction: FormAction;
  maxMegabytes: number;
  maxRows: string;
};

/** A file of indicators: each row's fate is shown before any of it is added. */
export const FileForm = ({ team, end, importAction, checkAction, maxMegabytes, maxRows }: Props) => {
  const [added, setAdded] = useState<AddAnswer | null>(null);
  const check = useCheck(checkAction);
  return (
    <div className="grid grid-cols-1 gap-6 xl:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <ActionForm
        action={importAction}
        label="Import a file"
        onDone={({ data }) => {
          setAdded(parseAddAnswer(data));
          check.clear();
        }}
        className="space-y-0"
      >
        <Card>
          <CardBody className="space-y-5">
            <HiddenFields values={{ team }} />
            <UploadField
              team={team}
              keptId={null}
              hint={`CSV, JSON, a STIX 2.1 bundle, or one value a line; also as .gz or .zip. At most ${String(maxMegabytes)} MB and ${maxRows} rows. Nothing is added yet.`}
              onUploaded={(form, previewId) => {
                setAdded(null);
                check.check(form, { previewId });
              }}
            />
            <SharedFields end={end} legend="For rows that do not say it themselves" />
          </CardBody>
          <CardFooter>
            <SubmitButton pendingLabel="Importing" disabled={check.shown === null && added === null}>
              Import
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
      <FatesCard
        {...{ team, added, check }}
        title="What each row becomes"
        description="Read when you choose a file. Nothing is stored before you import it."
        hint={<Hint />}
      />
    </div>
  );
};

const Hint = () => (
  <div className="text-muted flex items-start gap-3 py-4 text-sm">
    <FileSpreadsheet aria-hidden className="mt-0.5 size-5 shrink-0" />
    <div className="space-y-2">
      <p>
        Columns and fields are found by their names: <Name>value</Name> and, where there are,{" "}
        <Name>type</Name>, <Name>comment</Name>, <Name>confidence</Name>, <Name>tlp</Name>, <Name>tags</Name>,{" "}
        <Name>validUntil</Name>, <Name>action</Name>, <Name>severity</Name>. A table without names is read by
        what stands in it.
      </p>
      <p>
        What Sluice exports comes back as it was, and so does the CSV of Defender’s own indicator page. Rows
        that were withdrawn, expired or recalled when they were exported stay out.
      </p>
    </div>
  </div>
);

const Name = ({ children }: { children: string }) => (
  <code className="text-ink font-mono text-xs">{children}</code>
);
