"use client";

import { Callout } from "@/components/ui/callout";
import type { ActionState } from "@/lib/actions/state";

import { useFormAnswer, useIsOutdated, useIsQuiet, useOtherErrors } from "./form-context";

/** What the form's last answer says: an alert for a refusal or a failure, a status for success. */
export const FormStatus = ({ state }: { state?: ActionState | undefined }) => {
  const answer = useFormAnswer();
  const isQuiet = useIsQuiet();
  const others = useOtherErrors();
  const isOutdated = useIsOutdated() && state === undefined;
  const { status, ...shown } = state ?? answer;
  const message = "message" in shown ? shown.message : undefined;

  return (
    <div role={status === "failed" || status === "invalid" ? "alert" : "status"}>
      {status === "failed" && <Callout tone="danger" title={message} />}
      {status === "done" && !isQuiet && <Callout tone="success" title={message} />}
      {status === "invalid" && !isOutdated && (
        <Callout tone="danger" title={message ?? "Some fields need another look. Nothing was changed."}>
          {others.length > 0 ? [...new Set(others)].map((error) => <p key={error}>{error}</p>) : undefined}
        </Callout>
      )}
    </div>
  );
};
