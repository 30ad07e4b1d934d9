"use client";

import { ListChecks } from "lucide-react";
import { useState } from "react";

import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardFooter } from "@/components/ui/card";
import { LinkButton } from "@/components/ui/link-button";
import { Textarea } from "@/components/ui/textarea";

import { parseAddAnswer, type AddAnswer } from "./add-answers";
import { FatesCard } from "./fates-card";
import { SharedFields, type EndRule } from "./shared-fields";
import { useCheck } from "./use-check";

type Props = { team: string; end: EndRule; addAction: FormAction; checkAction: FormAction };

/** One box for one or many values, what they share, and beside it what each of them is. */
export const AddForm = ({ team, end, addAction, checkAction }: Props) => {
  const [added, setAdded] = useState<AddAnswer | null>(null);
  // A form that is emptied forgets what was chosen in it, too.
  const [round, setRound] = useState(0);
  const check = useCheck(checkAction);

  return (
    <div className="grid grid-cols-1 gap-6 xl:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <ActionForm
        action={addAction}
        label="Add indicators"
        resetsOnDone
        onDone={({ data }) => {
          setAdded(parseAddAnswer(data));
          setRound((before) => before + 1);
          check.clear();
        }}
        className="space-y-0"
      >
        <Card>
          <CardBody className="space-y-5">
            <HiddenFields values={{ team }} />
            <Field
              name="text"
              label="Values"
              hint="One a line, or several by comma, semicolon or blank. What follows a # is not read."
              required
            >
              <Textarea
                isMono
                rows={10}
                placeholder={
                  "123[.]123[.]123[.]123\nhxxps://bad[.]example/login\n44d88612fea8a8f36de82e1278abb02f"
                }
                onChange={(event) => {
                  setAdded(null);
                  check.checkSoon(event.currentTarget);
                }}
              />
            </Field>
            <SharedFields key={round} end={end} />
          </CardBody>
          <CardFooter>
            <SubmitButton pendingLabel="Adding">Add to the list</SubmitButton>
            <Button
              disabled={check.isPending}
              onClick={(event) => {
                setAdded(null);
                if (event.currentTarget.form) check.check(event.currentTarget.form);
              }}
            >
              <ListChecks aria-hidden />
              Check
            </Button>
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
        title="What it is"
        description="Read while you type. Nothing is stored before you add it."
      />
    </div>
  );
};
