import { expect, it } from "vitest";

import { mergeClaims } from "@/lib/domain/delivery/merge-claims";
import { readClaim } from "@/lib/feeds/formats/stix/read-claim";

import { outgoing } from "../testing/records";
import { toStixIndicator } from "./map";

it("sends a source's types of threat one by one, as a TAXII server gave them, and no phase of an attack", () => {
  const { threatType = "" } = readClaim(
    {
      spec_version: "2.1",
      indicator_types: ["malicious-activity", "anonymization"],
      kill_chain_phases: [{ kill_chain_name: "mitre-attack", phase_name: "command-and-control" }],
    },
    { names: new Map(), markings: new Map() },
  );
  const feed = { name: "TAXII", isPublic: false, comment: "", threatType, tags: [] };
  const content = { team: { slug: "a", name: "A" }, tlp: 3, confidence: 50, feeds: [feed] };
  const share = { action: "Audit", severity: "Medium", expiresAt: new Date(0), content } as const;
  const { threatTypes } = mergeClaims([share], 3);

  expect(toStixIndicator(outgoing(1, { threatTypes })).indicator_types).toEqual([
    "malicious-activity",
    "anonymization",
  ]);
});
