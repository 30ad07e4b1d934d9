import type { Metadata } from "next";
import { z } from "zod";

import { CLOUD_LABELS } from "@/components/connectors/cloud-labels";
import { CloudForm } from "@/components/operations/cloud-form";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody } from "@/components/ui/card";
import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { requirePage } from "@/lib/auth/require-page";
import { MICROSOFT_CLOUDS } from "@/lib/domain/connector/cloud-addresses";
import { listCloudSettings } from "@/lib/services/operations/cloud-addresses";

import { updateCloudAction } from "./actions";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export const metadata: Metadata = { title: "Addresses of clouds" };

const paramsSchema = z.object({ cloud: z.enum(MICROSOFT_CLOUDS).catch("public") });

/** Where connectors of each of Microsoft's clouds send secrets and tokens. */
export default async function CloudsPage({ searchParams }: Props) {
  const { actor } = await requirePage("admin.system");
  const { cloud } = paramsSchema.parse(await searchParams);
  const all = await listCloudSettings(actor);
  const settings = all.find((one) => one.cloud === cloud);

  return (
    <>
      <PageHeader
        title="Addresses of clouds"
        description="For a regional host, or for an address that Microsoft has not published. Leave them alone otherwise."
        crumbs={[{ label: "System", href: "/admin/system" }]}
      />
      <LinkTabs
        label="Cloud"
        tabs={all.map(({ cloud: name, overridden }) => ({
          href: `/admin/system/clouds?cloud=${name}`,
          label: overridden.length === 0 ? CLOUD_LABELS[name] : `${CLOUD_LABELS[name]} (changed)`,
          isCurrent: name === cloud,
        }))}
      />
      <div className="mt-4 space-y-6">
        <Callout tone="warning" title="Whoever holds such an address can take every secret." role="note">
          The secrets of all teams’ connectors in a cloud are sent to its sign-in host. Enter only what you
          have from Microsoft. The change is in the audit log, with what was there before.
        </Callout>
        <Card>
          <CardBody>{settings && <CloudForm {...settings} action={updateCloudAction} />}</CardBody>
        </Card>
      </div>
    </>
  );
}
