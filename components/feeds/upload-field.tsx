"use client";

import { FileUp, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { z } from "zod";

import { FieldErrors } from "@/components/forms/field-errors";
import { useFieldErrors } from "@/components/forms/form-context";
import { formatBytes } from "@/components/ui/format-bytes";

import { uploadErrors } from "./upload-errors";

const uploadedSchema = z.object({ previewId: z.string(), bytes: z.number() });
const problemSchema = z.object({ detail: z.string() });

type Uploaded = { previewId: string; name: string; bytes: number };
type Props = {
  team: string;
  /** The file that the feed has, unless another is chosen. */
  keptId: string | null;
  onUploaded: (form: HTMLFormElement, previewId: string) => void;
  /** What kinds of file it takes, and what becomes of one before it is saved. */
  hint?: string;
};

/** Sends a file once it is chosen; the form then carries only where it is kept. */
export const UploadField = ({ team, keptId, onUploaded, hint }: Props) => {
  const [uploaded, setUploaded] = useState<Uploaded | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isPending, setIsPending] = useState(false);
  const previewId = uploaded?.previewId ?? keptId;
  const answered = useFieldErrors("previewId");
  const [overtaken, setOvertaken] = useState<readonly string[] | null>(null);
  const errors = uploadErrors({ problem, answered, overtaken });

  const send = async (file: File, form: HTMLFormElement | null): Promise<void> => {
    setIsPending(true);
    setProblem(null);
    setOvertaken(answered);
    const answer = await upload(team, file);
    setIsPending(false);
    if (typeof answer === "string") {
      setProblem(answer);
      return;
    }
    setUploaded({ ...answer, name: file.name });
    if (form) onUploaded(form, answer.previewId);
  };

  return (
    <div className="space-y-2">
      <label
        onDragOver={(event) => {
          event.preventDefault();
        }}
        onDrop={(event) => {
          event.preventDefault();
          const file = event.dataTransfer.files[0];
          if (file) void send(file, event.currentTarget.querySelector("input")?.form ?? null);
        }}
        className="border-strong/50 bg-sunken hover:border-strong flex cursor-pointer items-center gap-3 rounded-lg border border-dashed p-4"
      >
        {isPending ? (
          <LoaderCircle aria-hidden className="text-muted size-5 shrink-0 animate-spin" />
        ) : (
          <FileUp aria-hidden className="text-muted size-5 shrink-0" />
        )}
        <span className="min-w-0 text-sm">
          <span className="block font-medium">
            {uploaded !== null
              ? `${uploaded.name}, ${formatBytes(uploaded.bytes)}`
              : keptId === null
                ? "Choose a file, or drop it here"
                : "Choose another file"}
          </span>
          <span className="text-muted block text-xs">
            {uploaded !== null
              ? "Kept for 15 minutes until you save. Choose another file to replace it."
              : (hint ??
                `CSV, text or JSON, also as .gz or .zip. ${keptId === null ? "Its rows are shown below before anything is saved." : "Without one the feed keeps the file it has."}`)}
          </span>
        </span>
        <input
          type="file"
          className="sr-only"
          aria-label="File"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) void send(file, event.currentTarget.form);
          }}
        />
      </label>
      {previewId !== null && <input type="hidden" name="previewId" value={previewId} />}
      {errors.length > 0 && <FieldErrors errors={errors} />}
    </div>
  );
};

const upload = async (team: string, file: File): Promise<z.output<typeof uploadedSchema> | string> => {
  try {
    const response = await fetch(`/t/${team}/feeds/upload?name=${encodeURIComponent(file.name)}`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: file,
    });
    const answer: unknown = await response.json();
    if (response.ok) return uploadedSchema.parse(answer);
    return problemSchema.safeParse(answer).data?.detail ?? "The file was not taken. Try it again.";
  } catch {
    return "The file could not be sent: the connection was lost. Nothing was saved; try it again.";
  }
};
