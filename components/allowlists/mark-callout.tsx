import { Callout } from "@/components/ui/callout";
import { TextLink } from "@/components/ui/text-link";
import { EFFECT_SENTENCES, type Mark } from "@/lib/domain/screening/mark";

import { EFFECT_TITLES } from "./effect-words";

/** That a value is on an allowlist: which, why, what follows, and who can change it. */
export const MarkCallout = ({ team, mark }: { team: string; mark: Mark }) => (
  <Callout tone="warning" title={`${EFFECT_TITLES[mark.effect]}: on the allowlist “${mark.name}”`}>
    {mark.reason} {EFFECT_SENTENCES[mark.effect]}{" "}
    {mark.list.startsWith("built-in:") ? (
      "Nobody can lift this; to block such a value would hit your own network."
    ) : (
      <TextLink href={`/t/${team}/allowlists`}>Allowlists of the team</TextLink>
    )}
  </Callout>
);
