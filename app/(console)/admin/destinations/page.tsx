import { Target } from "lucide-react";
import type { Metadata } from "next";

import { BudgetForm } from "@/components/connectors/budget-form";
import { CLOUD_LABELS } from "@/components/connectors/cloud-labels";
import { ReaderSection } from "@/components/connectors/reader-section";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { formatNumber } from "@/components/ui/format-number";
import { KeyValueList } from "@/components/ui/key-value";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { listDestinations, type DestinationView } from "@/lib/services/budget/list-destinations";

import { updateBudgetAction } from "./actions";
import { removeReaderAction, setReaderAction } from "./reader-actions";

export const metadata: Metadata = { title: "Destinations" };

/** The tenants that have a limit, and who gets their places. */
export default async function DestinationsPage() {
  const { actor } = await requirePage("admin.system");
  const destinations = await listDestinations(actor, new Date());

  return (
    <>
      <PageHeader
        title="Destinations"
        description="A Defender tenant has a fixed number of places for indicators. Here you say who gets them when not everything fits."
      />
      {destinations.length === 0 && (
        <EmptyState icon={Target} title="No tenant is connected.">
          As soon as a team connects a Defender tenant, it is listed here with its places.
        </EmptyState>
      )}
      <div className="space-y-6">
        {destinations.map((destination) => (
          <DestinationCard key={destination.id} destination={destination} />
        ))}
      </div>
    </>
  );
}

const DestinationCard = ({ destination }: { destination: DestinationView }) => {
  const { tenantId, cloud, limit, ours, foreign, room, feeds, wanted, chosen, several, reader, ...rest } =
    destination;
  return (
    <Card role="region" aria-labelledby={`destination-${rest.id}`}>
      <CardHeader
        id={`destination-${rest.id}`}
        title={`Defender tenant ${tenantId}`}
        description={`Cloud: ${CLOUD_LABELS[cloud]}`}
      />
      <CardBody className="space-y-6">
        <KeyValueList
          columns={2}
          entries={[
            { label: "Places", value: formatNumber(limit) },
            { label: "Records of all teams", value: formatNumber(ours) },
            {
              label: "Not from Sluice",
              value: foreign === null ? "not visible to any application" : formatNumber(foreign),
            },
            {
              label: "Room for all teams",
              value: formatNumber(room),
              hint: "Without what others put there and what is kept free.",
            },
            {
              label: "Wanted",
              value: formatNumber(wanted),
              hint:
                several > 0
                  ? `By the newest plans. ${formatNumber(several)} of them by more than one connector: each takes one place.`
                  : "By the newest plans.",
            },
            { label: "Chosen", value: formatNumber(chosen), hint: "These have a place." },
          ]}
        />
        <BudgetForm
          destination={{ ...rest, limit, feeds: feeds.map(({ team, ...feed }) => ({ ...feed, of: team })) }}
          action={updateBudgetAction}
        />
        <ReaderSection
          destinationId={rest.id}
          reader={reader}
          setAction={setReaderAction}
          removeAction={removeReaderAction}
          now={new Date()}
        />
      </CardBody>
    </Card>
  );
};
