import type { ReactNode } from "react";

import { Card, CardBody, CardHeader } from "@/components/ui/card";

import type { AddAnswer } from "./add-answers";
import { AddPanel } from "./add-panel";
import type { useCheck } from "./use-check";

type Props = {
  team: string;
  added: AddAnswer | null;
  check: ReturnType<typeof useCheck>;
  title: string;
  description: string;
  hint?: ReactNode;
};

/** Beside a form that adds: what each value is before, under the title given, and what became of it after. */
export const FatesCard = ({ team, added, check, title, description, hint }: Props) => (
  <Card className="self-start">
    <CardHeader
      title={added === null ? title : "What became of it"}
      description={added === null ? description : "Good ones are in; bad ones say why and cost nothing."}
    />
    <CardBody>
      <AddPanel team={team} added={added} hint={hint} {...check} />
    </CardBody>
  </Card>
);
