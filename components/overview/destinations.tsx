import { Plug } from "lucide-react";

import { CapacityBar } from "@/components/connectors/capacity-bar";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Count } from "@/components/ui/count";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { lowerFirst } from "@/components/ui/lower-first";
import { TextLink } from "@/components/ui/text-link";
import {
  CREDENTIAL_KIND_LABELS,
  lifeStateOf,
  lifeWords,
  type Life,
} from "@/lib/domain/connector/credential-life";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { OUTCOME_WORDS } from "@/lib/domain/delivery/outcome-words";

type Destination = {
  id: string;
  name: string;
  kind: ConnectorKind;
  live: number;
  visible: number;
  failed: number;
  capacity: Parameters<typeof CapacityBar>[0]["capacity"] | null;
  credential: Life | null;
};
type Props = { connectors: readonly Destination[]; base: string; now: Date };

/** What of the team's indicators stands at each destination, how full that is, and until when its credential holds. */
export const Destinations = ({ connectors, base, now }: Props) => (
  <Card>
    <CardHeader
      title="Destinations"
      description="What of the team’s indicators stands there, by the answers received."
    />
    <CardBody className="space-y-6">
      {connectors.length === 0 && (
        <EmptyState
          icon={Plug}
          title="No destination yet"
          action={<LinkButton href={`${base}/connectors/new`}>Connect Defender or Sentinel</LinkButton>}
        >
          Indicators stay here until the team connects a destination.
        </EmptyState>
      )}
      {connectors.map(({ id, name, kind, live, visible, failed, capacity, credential }) => (
        <div key={id} role="group" aria-label={name} className="space-y-2">
          <div className="flex flex-wrap items-baseline justify-between gap-2">
            <TextLink href={`${base}/connectors/${id}`} className="font-medium">
              {name}
            </TextLink>
            <span className="text-muted text-sm">
              <Count value={live} unit="live" /> ·{" "}
              <Count value={visible} unit={lowerFirst(OUTCOME_WORDS.visible)} />
              {failed > 0 && (
                <>
                  {" "}
                  · <Count value={failed} unit={lowerFirst(OUTCOME_WORDS.failed)} />
                </>
              )}
            </span>
          </div>
          {capacity && <CapacityBar capacity={capacity} label={`Capacity of ${name}`} />}
          {kind === "sentinel" && (
            <p className="text-muted text-xs">Sentinel states no capacity; every write is a row.</p>
          )}
          {credential && (
            <p className="text-muted text-xs">
              {CREDENTIAL_KIND_LABELS[credential.kind]} {lifeWords(credential, now)}.{" "}
              {lifeStateOf(credential, now) === "unknown" && (
                <TextLink href={`${base}/connectors/${id}/credential`}>Say when</TextLink>
              )}
            </p>
          )}
        </div>
      ))}
    </CardBody>
  </Card>
);
