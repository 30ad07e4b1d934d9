import { DecisionTable } from "@/components/indicators/decision-table";
import { DestinationTable } from "@/components/indicators/destination-table";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { TraceTimeline } from "@/components/indicators/trace-timeline";
import { MarkCallout } from "@/components/allowlists/mark-callout";
import { Callout } from "@/components/ui/callout";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { Section } from "@/components/ui/section";
import { TextLink } from "@/components/ui/text-link";
import { defang } from "@/lib/domain/indicator/defang";
import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";
import type { Trace } from "@/lib/services/indicators/trace-indicator";

type Props = { team: string; trace: Trace; newestHref: string | undefined; olderHref: string | undefined };

/** An address that no source names itself: it goes to a destination for its network, whose trace says why. */
export const NetworkAddress = ({ team, trace, newestHref, olderHref }: Props) => {
  const shown = defang(trace.type, trace.value);
  return (
    <>
      <PageHeader
        title={<IndicatorValue type={trace.type} defanged={shown} live={trace.value} isLarge />}
        description={INDICATOR_TYPE_LABELS[trace.type]}
        crumbs={[{ label: "Indicators", href: `/t/${team}/indicators` }, { label: shown }]}
      />
      <div className="space-y-6">
        <Callout tone="info" title="An address of a network" role="note">
          No source names it itself. It was planned or sent as one of the addresses of{" "}
          {trace.networks.length === 0
            ? "a network that your team no longer has."
            : trace.networks.map(({ id, value }, place) => (
                <span key={id}>
                  {place > 0 && ", "}
                  <TextLink href={`/t/${team}/indicators/${id}`}>{defang("ipv4-cidr", value)}</TextLink>
                </span>
              ))}
        </Callout>
        {trace.allowlists.map((mark) => (
          <MarkCallout key={mark.list} team={team} mark={mark} />
        ))}
        <Section title="Decisions" description="What each connector’s newest plan says of it and why.">
          <DecisionTable team={team} decisions={trace.decisions} />
        </Section>
        <Section title="Destinations" description="What each destination answered for this one address.">
          <DestinationTable team={team} receipts={trace.receipts} state="active" />
        </Section>
        <Card>
          <CardHeader title="What happened" />
          <CardBody>
            <TraceTimeline events={trace.timeline} newestHref={newestHref} olderHref={olderHref} />
          </CardBody>
        </Card>
      </div>
    </>
  );
};
