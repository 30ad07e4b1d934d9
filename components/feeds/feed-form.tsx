"use client";

import { Eye, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { flushSync } from "react-dom";

import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import { FormActions } from "@/components/forms/field-group";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Disclosure } from "@/components/ui/disclosure";
import { Input } from "@/components/ui/input";
import { LinkButton } from "@/components/ui/link-button";

import { DetectedKind } from "./detected-kind";
import { type FeedFormValues, fromJsonProposal, fromProposal } from "./feed-form-values";
import { ADDRESS_WORDS, describeFirstStep, mappingOf, type FormKind } from "./form-kinds";
import { JsonProposal } from "./json-proposal";
import { KindFields } from "./kind-fields";
import { MappingFields } from "./mapping-fields";
import { PolicyFields } from "./policy-fields";
import { PreviewPanel } from "./preview-panel";
import { SignInFields } from "./sign-in-fields";
import { SourceTest } from "./source-test";
import { TlsFields } from "./tls-fields";
import { UploadField } from "./upload-field";
import { usePreview } from "./use-preview";

type Props = {
  team: string;
  /** Absent: a new feed. */
  feedId?: string | undefined;
  values: FeedFormValues;
  saveAction: FormAction;
  previewAction: FormAction;
  testAction: FormAction;
  cancelHref: string;
};

/** A feed from its address to its policy, in the order in which it is thought of; its rows are seen before it is saved. */
export const FeedForm = ({
  team,
  feedId,
  values,
  saveAction,
  previewAction,
  testAction,
  cancelHref,
}: Props) => {
  const [kind, setKind] = useState(values.kind);
  const [format, setFormat] = useState(values.format);
  const [chosenByPreview, setChosenByPreview] = useState("");
  const [csv, setCsv] = useState(values.csv);
  const [json, setJson] = useState(values.json);
  const preview = usePreview(previewAction);
  /** Counts the changes of where the list comes from. */
  const [version, setVersion] = useState(0);
  const noteNewSource = (): void => {
    preview.noteNewAddress();
    setVersion((before) => before + 1);
  };
  const isNew = feedId === undefined;
  const isUpload = kind === "upload";

  /** Reads what was fetched as another kind; one that asks in several requests is fetched anew. */
  const readAs = (found: FormKind, form: HTMLFormElement): void => {
    // The fields have to stand in the page before the form is read.
    flushSync(() => {
      if (!isUpload) {
        setKind(found);
        setChosenByPreview(found);
        noteNewSource();
      }
      if (found === "csv" || found === "freetext" || found === "json") setFormat(found);
    });
    if (isUpload) preview.readAgain(form);
    else preview.fetchNow(form);
  };

  return (
    <ActionForm action={saveAction} label={isNew ? "Add a feed" : "Edit the feed"} className="space-y-5">
      <HiddenFields
        values={{ team, enabled: String(values.enabled), ...(feedId !== undefined && { feedId }) }}
      />
      <Card>
        <CardHeader title="Where it comes from" />
        <CardBody className="space-y-4">
          {isNew ? (
            <KindFields
              // Chosen by the preview: the buttons begin anew with it.
              key={chosenByPreview}
              kind={kind}
              onKind={(chosen) => {
                setKind(chosen);
                noteNewSource();
              }}
            />
          ) : (
            <input type="hidden" name="kind" value={kind} />
          )}
          {isUpload ? (
            <UploadField
              team={team}
              keptId={values.fileId}
              onUploaded={(form, previewId) => {
                preview.readUploaded(form, previewId);
              }}
            />
          ) : (
            <div onChange={noteNewSource} className="space-y-4">
              <Field
                name="url"
                label="Address"
                hint={`${ADDRESS_WORDS[kind].hint} A key in it (apikey=…) is kept sealed. Private networks have to be allowed by your operator.`}
                required
              >
                <Input
                  isMono
                  inputMode="url"
                  defaultValue={values.url}
                  placeholder={ADDRESS_WORDS[kind].placeholder}
                />
              </Field>
              <Disclosure
                summary="Sign-in and headers"
                isOpen={values.stored !== null || kind === "misp-server"}
                key={kind === "misp-server" ? "server" : "other"}
              >
                <SignInFields stored={values.stored} type={kind === "misp-server" ? "misp" : "none"} />
              </Disclosure>
              <Disclosure summary="Certificates" isOpen={values.tls.caPem !== "" || values.tls.isInsecure}>
                <TlsFields values={values.tls} />
              </Disclosure>
            </div>
          )}
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
            <Field name="name" label="Name" hint={isNew ? NAME_HINT : `${NAME_HINT} ${RENAME_HINT}`} required>
              <Input defaultValue={values.name} placeholder="Team A - Microsoft COVID-19 Indicators" />
            </Field>
            <Field name="provider" label="Provider" hint="Who publishes it, such as abuse.ch.">
              <Input defaultValue={values.provider} />
            </Field>
          </div>
        </CardBody>
        <SourceTest
          action={testAction}
          isHidden={isUpload && values.fileId === null}
          hasConnection={!isUpload}
          version={version}
        >
          <Button
            disabled={preview.isPending}
            onClick={(event) => {
              if (event.currentTarget.form) preview.fetchNow(event.currentTarget.form);
            }}
          >
            {preview.isPending ? <LoaderCircle aria-hidden className="animate-spin" /> : <Eye aria-hidden />}
            {isUpload
              ? "Preview"
              : preview.isFetching
                ? "Fetching"
                : preview.shown === null
                  ? "Preview"
                  : "Fetch again"}
          </Button>
          <p className="text-muted order-last text-xs">
            {isUpload ? "Shows the rows of the file below." : "Fetches it once and shows its rows below."}{" "}
            Nothing is saved.
          </p>
        </SourceTest>
      </Card>
      <Card>
        <CardHeader
          title="What is in it"
          description="Which parts of a row are what. Every change is shown at once on what was fetched."
        />
        <CardBody className="grid grid-cols-1 gap-6 xl:grid-cols-[22rem_minmax(0,1fr)]">
          <div
            onChange={(event) => {
              const form = event.currentTarget.closest("form");
              if (form) preview.readAgainSoon(form);
            }}
          >
            <MappingFields
              kind={kind}
              format={format}
              onFormat={setFormat}
              csv={csv}
              onCsv={setCsv}
              json={json}
              onJson={setJson}
              values={values}
            />
          </div>
          <PreviewPanel
            {...preview}
            isUpload={isUpload}
            firstStep={describeFirstStep(kind, values.fileId !== null)}
            csv={mappingOf(kind, format) === "csv" ? csv : null}
            onUse={(proposal, form) => {
              // The fields have to stand in the page before the form is read.
              flushSync(() => {
                setCsv(fromProposal(csv, proposal));
              });
              preview.readAgain(form);
            }}
          >
            {preview.shown && (
              <DetectedKind
                detected={preview.shown.preview.detected}
                kind={kind}
                format={format}
                isNew={isNew}
                onUse={readAs}
              />
            )}
            {mappingOf(kind, format) === "json" && preview.shown?.jsonProposal && (
              <JsonProposal
                proposal={preview.shown.jsonProposal}
                json={json}
                onUse={(proposal, form) => {
                  flushSync(() => {
                    setJson(fromJsonProposal(proposal));
                  });
                  preview.readAgain(form);
                }}
              />
            )}
          </PreviewPanel>
        </CardBody>
      </Card>
      <Card>
        <CardHeader title="What is done with it" description="All of it can be changed later." />
        <CardBody>
          <PolicyFields values={values} hasSchedule={!isUpload} />
        </CardBody>
      </Card>
      <FormStatus />
      <FormActions>
        <SubmitButton name="next" value="run" pendingLabel="Saving">
          {isNew ? "Add and run now" : "Save and run now"}
        </SubmitButton>
        <SubmitButton name="next" value="save" variant="secondary" pendingLabel="Saving">
          {isNew ? "Add without running" : "Save"}
        </SubmitButton>
        <LinkButton href={cancelHref} variant="ghost">
          Cancel
        </LinkButton>
      </FormActions>
    </ActionForm>
  );
};

const NAME_HINT = "Stands in every record that comes of it.";
const RENAME_HINT = "Another name changes all of these: the next plans list them.";
