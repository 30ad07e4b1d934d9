import { Wand2 } from "lucide-react";

import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { lowerFirst } from "@/components/ui/lower-first";
import type { Preview } from "@/lib/domain/feed/preview";

import { FORM_KINDS, mappingOf, type FormKind } from "./form-kinds";

type Props = {
  detected: Preview["detected"];
  kind: FormKind;
  /** How an upload is read. */
  format: "csv" | "freetext" | "json";
  /** A saved feed stays of its kind. */
  isNew: boolean;
  onUse: (kind: FormKind, form: HTMLFormElement) => void;
};

/** Says that the answer is of another kind than it was asked as, and offers that one. */
export const DetectedKind = ({ detected, kind, format, isNew, onUse }: Props) => {
  const found = FORM_KINDS.find(({ value }) => value === detected?.kind);
  const mapping = mappingOf(kind, format);
  if (!detected || !found || found.value === mapping) return null;
  // A table of one column is lines of text as well.
  if (found.value === "freetext" && mapping !== "json") return null;
  const canUse = isNew && (kind !== "upload" || UPLOADED.has(found.value));
  return (
    <Callout
      tone={found.value === "csv" ? "info" : "warning"}
      title={`This looks like ${detected.because}`}
      action={
        canUse && (
          <Button
            size="sm"
            onClick={(event) => {
              if (event.currentTarget.form) onUse(found.value, event.currentTarget.form);
            }}
          >
            <Wand2 aria-hidden />
            Read it as {found.label}
          </Button>
        )
      }
    >
      {describe(kind, found)}
      {!isNew && " A saved feed keeps its kind: add a new one for this address."}
    </Callout>
  );
};

const UPLOADED: ReadonlySet<string> = new Set(["csv", "freetext", "json"]);

const describe = (kind: FormKind, found: (typeof FORM_KINDS)[number]): string => {
  if (kind === "upload" && !UPLOADED.has(found.value))
    return `A file of this kind is not read. Where it comes from, it is read as ${found.label}, with an address and a schedule.`;
  return `Read as ${found.label}: ${lowerFirst(found.hint)}`;
};
