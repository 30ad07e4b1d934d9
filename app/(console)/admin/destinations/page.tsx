import { Target } from "lucide-react";
import type { Metadata } from "next";

import { BudgetForm } from "@/components/connectors/budget-form";
import { CLOUD_LABELS } from "@/components/connectors/cloud-labels";
import { ReaderSection } from "@/components/connectors/reader-section";
import { roomWords } from "@/components/connectors/room-words";
import { TenantsCard } from "@/components/connectors/tenants-card";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { formatNumber } from "@/components/ui/format-number";
import { KeyValueList } from "@/components/ui/key-value";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { tenantWords } from "@/lib/domain/connector/tenant";
import { listDestinations, type DestinationView } from "@/lib/services/budget/list-destinations";
import { listTenants } from "@/lib/services/connectors/tenants";

import { updateBudgetAction } from "./actions";
import { removeReaderAction, setReaderAction } from "./reader-actions";
import { nameTenantAction } from "./tenant-actions";

export const metadata: Metadata = { title: "Destinations" };

/** The tenants that have a limit, and who gets their places. */
export default async function DestinationsPage() {
  const { actor } = await requirePage("admin.system");
  const [destinations, tenants] = await Promise.all([
    listDestinations(actor, new Date()),
    listTenants(actor),
  ]);

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
        {tenants.length > 0 && <TenantsCard tenants={tenants} action={nameTenantAction} />}
      </div>
    </>
  );
}

const DestinationCard = ({ destination }: { destination: DestinationView }) => {
  const {
    tenantId,
    tenantName,
    cloud,
    limit,
    ours,
    foreign,
    room,
    feeds,
    wanted,
    chosen,
    several,
    reader,
    ...rest
  } = destination;
  return (
    <Card role="region" aria-labelledby={`destination-${rest.id}`}>
      <CardHeader
        id={`destination-${rest.id}`}
        title={`Defender tenant ${tenantWords({ tenantId, tenantName })}`}
        description={`Cloud: ${CLOUD_LABELS[cloud]}. Tenant id: ${tenantId}`}
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
              value: roomWords({ room, foreign }),
              hint:
                foreign === null
                  ? "Without what is kept free. What others put there is not visible and may leave less."
                  : "Without what others put there and what is kept free.",
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
          destination={{
            ...rest,
            limit,
            foreign,
            feeds: feeds.map(({ team, ...feed }) => ({ ...feed, of: team })),
          }}
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
