import { Callout } from "@/components/ui/callout";
import { Disclosure } from "@/components/ui/disclosure";

/** Why what others hold is not taken over by a click, and how a team gets the value all the same. */
export const TakingOverNote = () => (
  <Callout tone="info" title="Sluice leaves these as they are, and takes none over." role="note">
    <p>
      A value of your team that somebody else holds stays out of plans as “Held by somebody else there”. To
      have it stand as yours, whoever made the record has to remove it first.
    </p>
    <Disclosure summary="Why, and how to go about it">
      <p>
        Microsoft has no way to hand a record over: who made it is fixed. Sluice would have to delete it and
        make its own. In between nothing protects the tenant, whoever made it puts it back or writes over
        yours, and what Defender answers when two hold one value is not documented.
      </p>
      <ol className="mt-2 list-decimal space-y-1 pl-5">
        <li>
          Ask whoever made it, by the name in the list, to remove it with their own tool, or to leave the
          value to your team. A person’s record can be removed in Defender’s portal, under Settings,
          Endpoints, Indicators.
        </li>
        <li>On the connector’s page press “Compare now”, or wait for the next comparison.</li>
        <li>
          It is seen to be gone, and the next plan adds the value as your team wants it: by itself where the
          connector is automatic.
        </li>
      </ol>
    </Disclosure>
  </Callout>
);
