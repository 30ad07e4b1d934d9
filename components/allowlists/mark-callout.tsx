import { defangText } from "@/components/indicators/defang-text";
import { Callout } from "@/components/ui/callout";
import { TextLink } from "@/components/ui/text-link";
import { EFFECT_SENTENCES, type Mark } from "@/lib/domain/screening/mark";

import { EFFECT_TITLES } from "./effect-words";

/** That a value is on an allowlist: which, why, what follows, and who can change it. */
export const MarkCallout = ({ team, mark }: { team: string; mark: Mark }) => (
  <Callout tone="warning" title={`${EFFECT_TITLES[mark.effect]}: on the allowlist “${mark.name}”`}>
    {defangText(mark.reason)} {EFFECT_SENTENCES[mark.effect]}{" "}
    {mark.list.startsWith("built-in:") ? (
      "It comes with the product and nobody can lift it: such a value has no place at a destination."
    ) : (
      <TextLink href={`/t/${team}/allowlists`}>Allowlists of the team</TextLink>
    )}
  </Callout>
);
