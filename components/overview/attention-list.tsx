import { TriangleAlert } from "lucide-react";

import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { LinkButton } from "@/components/ui/link-button";

export type AttentionItem = { message: string; href: string; verb: string };

/** What needs a person, each with the place to do it. Nothing to do is said too. */
export const AttentionList = ({ items }: { items: readonly AttentionItem[] }) =>
  items.length === 0 ? (
    <Callout tone="success" title="Nothing waits for a person." role="note">
      What fails, differs at a destination or has to be decided is listed here.
    </Callout>
  ) : (
    <Card>
      <CardHeader title="Needs a person" description={`${String(items.length)} to look at`} />
      <CardBody className="p-0">
        <ul className="divide-line divide-y">
          {items.map(({ message, href, verb }) => (
            <li key={`${href}${message}`} className="flex flex-wrap items-center gap-3 px-4 py-2.5">
              <TriangleAlert aria-hidden className="text-warning size-4 shrink-0" />
              <span className="min-w-0 flex-1 basis-64 text-sm">{message}</span>
              <LinkButton href={href} size="sm">
                {verb}
              </LinkButton>
            </li>
          ))}
        </ul>
      </CardBody>
    </Card>
  );
