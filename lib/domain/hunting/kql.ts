import { HUNTS, joinOurs, type Hunt } from "./hunts";
import { titlePattern } from "./title-pattern";

/**
 * What the queries look for: one team's indicators, as Sluice writes them. `formerTeams`: what it was called before, since records bear that
 * until they are written anew.
 */
export type Ours = { team: string; formerTeams?: readonly string[]; sourceSystem: string };
export type Query = { id: string; title: string; about: string; query: string };

/** A text in Kusto's double quotes. */
export const kqlText = (text: string): string =>
  `"${text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, " ").replaceAll(/[\\"]/g, "\\$&")}"`;

/**
 * The team's indicators that hold now, as `ours`. Sentinel adds a row for every change and again every week or so, so the newest of
 * each id counts; it cuts nothing off labels, of which one is the team.
 */
export const letOurs = (
  { team, formerTeams = [], sourceSystem }: Ours,
  more = "",
): string => `let ours = ThreatIntelIndicators
| where TimeGenerated > ago(14d)
| where SourceSystem == ${kqlText(sourceSystem)}
| summarize arg_max(TimeGenerated, *) by Id
| where IsDeleted == false and Revoked != true and ValidFrom <= now() and ValidUntil > now()
| extend Labels = parse_json(tostring(Data)).labels
| where ${[team, ...formerTeams].map(hasTeam).join(" or ")}${more};`;

const hasTeam = (team: string): string => `array_index_of(Labels, ${kqlText(`team:${team}`)}) >= 0`;

/** How many of the team's indicators hold now: one number. */
export const countOurs = (ours: Ours): string => `${letOurs(ours)}\nours | summarize Held = dcount(Id, 4)`;

const keyFilter = (keys: readonly string[]): string =>
  `\n| where ${keys.map((key) => `ObservableKey startswith ${kqlText(key)}`).join(" or ")}`;

/** One hunt, looking so far back. */
export const huntQuery = (ours: Ours, { keys, match }: Hunt, span: string): string =>
  `${letOurs(ours, keyFilter(keys))}\n${match.replaceAll("{span}", span)}`;

/** Every hunt as a query by itself. */
export const hunts = (ours: Ours): Query[] =>
  HUNTS.map((hunt) => {
    const { id, title, about } = hunt;
    return { id, title, about, query: huntQuery(ours, hunt, "7d") };
  });

/** What an analyst of the team asks Sentinel: what is ours there, what matched, and where to hunt. */
export const sentinelQueries = (ours: Ours): Query[] => [
  {
    id: "ours",
    title: "My team’s indicators",
    about: "Everything of the team that holds now, the newest row of each.",
    query: `${letOurs(ours)}
ours
| project ObservableKey, ObservableValue, Confidence, ValidUntil, Labels, Created, TimeGenerated, Id
| sort by Confidence desc`,
  },
  {
    id: "matches",
    title: "Matches in the last 7 days",
    about:
      "Alerts of any rule in which one of the team’s indicators occurs, or an address of one of its networks.",
    query: `${letOurs(ours)}
${joinOurs(`SecurityAlert
| where TimeGenerated > ago(7d)
| summarize arg_max(TimeGenerated, *) by SystemAlertId
| mv-expand Entity = parse_json(Entities)
| extend Seen = pack_array(tostring(Entity.Address), tostring(Entity.DomainName), tostring(Entity.Url), tostring(Entity.Value), tostring(Entity.MailboxPrimaryAddress))
| mv-expand Matched = Seen to typeof(string)
| where isnotempty(Matched)
| extend Matched = iff(Matched matches regex "^[0-9A-Fa-f]{32,64}$", tolower(Matched), Matched)`)}
| summarize Alerts = dcount(SystemAlertId), Last = max(TimeGenerated), Names = make_set(AlertName, 5) by Matched, Network, Confidence
| sort by Alerts desc`,
  },
  ...hunts(ours),
];

type Worded = Pick<Ours, "team" | "formerTeams"> & { titleTemplate: string | null };

const TITLED = "Alerts whose title names the team where this connector’s titles do.";
const TITLED_VAGUELY =
  "Alerts whose title names the team. This connector’s title puts nothing fixed around {team}, so those of a team whose name begins or ends the same are found as well: write it as [{team} {others}] to tell them apart. In the portal’s list of indicators, “Created by” is the team’s own application.";
const SHARED = "What several teams want bears the name of the one that wanted it first.";

/** What an analyst of the team asks Defender's advanced hunting. */
export const defenderQueries = ({ team, formerTeams = [], titleTemplate }: Worded): Query[] => {
  const patterns = [team, ...formerTeams].map((name) => titlePattern(titleTemplate, name));
  const isExact = patterns.every((pattern) => pattern.isExact);
  const regex = patterns.map((pattern) => pattern.regex).join("|");
  return [
    {
      id: "alerts",
      title: "Alerts by my team’s indicators",
      about: `${isExact ? TITLED : TITLED_VAGUELY} ${SHARED}`,
      query: `AlertInfo
| where Timestamp > ago(7d) and Title matches regex ${kqlText(regex)}
| join kind=inner AlertEvidence on AlertId
| project Timestamp, Title, Severity, DeviceName, AccountUpn, EntityType, RemoteUrl, RemoteIP, SHA256, FileName
| sort by Timestamp desc`,
    },
    {
      id: "network",
      title: "Connections that custom indicators audited or blocked",
      about: "What network protection did on devices because of a custom indicator.",
      query: `DeviceEvents
| where Timestamp > ago(7d)
| where ActionType in ("ExploitGuardNetworkProtectionBlocked", "ExploitGuardNetworkProtectionAudited", "SmartScreenUrlWarning")
| extend Info = parse_json(AdditionalFields)
| where tostring(Info.ResponseCategory) has "CustomBlockList" or tostring(Info.ResponseCategory) has "CustomPolicy" or tostring(Info.Experience) startswith "Custom"
| project Timestamp, DeviceName, ActionType, RemoteUrl, RemoteIP, InitiatingProcessFileName, InitiatingProcessAccountName
| sort by Timestamp desc`,
    },
    {
      id: "files",
      title: "Files that custom indicators blocked",
      about: "Runs and downloads that were stopped because the file is on the list.",
      query: `DeviceEvents
| where Timestamp > ago(7d) and ActionType == "AntivirusDetection"
| extend Info = parse_json(AdditionalFields)
| where tostring(Info.ThreatName) has "CustomEnterpriseBlock" or tostring(Info.ThreatName) has "CustomEnterpriseNoAlertBlock"
| project Timestamp, DeviceName, FolderPath, FileName, SHA256, InitiatingProcessAccountName
| sort by Timestamp desc`,
    },
  ];
};
