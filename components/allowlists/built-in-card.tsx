import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Count } from "@/components/ui/count";

type Props = { hits: readonly { list: string; hits: number }[]; isBehind: boolean };

/** What nobody can lift, and how much of what is live it meets. */
export const BuiltInCard = ({ hits, isBehind }: Props) => (
  <Card>
    <CardHeader
      title="Built in"
      description="Private, reserved, multicast, loopback and documentation ranges, bare public suffixes, and the service names of Microsoft, operating systems and certificate authorities. Nobody can lift these."
    />
    <CardBody>
      {hits.length === 0 ? (
        <p className="text-muted text-sm">
          {isBehind ? "Hits are being counted." : "None of the team’s live values meets them."}
        </p>
      ) : (
        <dl className="grid grid-cols-1 gap-x-6 gap-y-1 text-sm sm:grid-cols-2 lg:grid-cols-3">
          {hits.map(({ list, hits: count }) => (
            <div key={list} className="flex justify-between gap-3 py-1">
              <dt>{nameOf(list)}</dt>
              <dd>
                <Count value={count} unit={count === 1 ? "value" : "values"} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </CardBody>
  </Card>
);

/** `built-in:carrierGradeNat` → "Carrier grade nat". */
const nameOf = (list: string): string => {
  const words = list
    .slice("built-in:".length)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("-", " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
