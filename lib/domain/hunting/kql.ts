/** What the queries look for: one team's indicators, as Sluice writes them. */
export type Ours = { team: string; sourceSystem: string };
export type Query = { id: string; title: string; about: string; query: string };

/** A text in Kusto's double quotes. */
export const kqlText = (text: string): string =>
  `"${text.replaceAll(/\p{Cc}+/gu, " ").replaceAll(/[\\"]/g, "\\$&")}"`;

/**
 * The team's indicators that hold now, as `ours`. Sentinel adds a row for every change and again every week or so, so the newest of
 * each id counts; it cuts nothing off labels, of which one is the team.
 */
export const letOurs = ({ team, sourceSystem }: Ours, more = ""): string => `let ours = ThreatIntelIndicators
| where TimeGenerated > ago(14d)
| where SourceSystem == ${kqlText(sourceSystem)}
| summarize arg_max(TimeGenerated, *) by Id
| where IsDeleted == false and Revoked != true and ValidFrom <= now() and ValidUntil > now()
| extend Labels = parse_json(tostring(Data)).labels
| where array_index_of(Labels, ${kqlText(`team:${team}`)}) >= 0${more};`;

/** How many of the team's indicators hold now: one number. */
export const countOurs = (ours: Ours): string => `${letOurs(ours)}\nours | summarize Held = dcount(Id, 4)`;

type Hunt = Omit<Query, "query"> & {
  /** How STIX names what is looked for. */
  keys: readonly string[];
  /** From `ours` and the table to the matches; `| where TimeGenerated` is left to the caller. */
  match: string;
};

const HUNTS: readonly Hunt[] = [
  {
    id: "dns",
    title: "DNS queries (ASIM)",
    about: "Hosts that asked for one of the team’s domains or a name below it, over all DNS sources.",
    keys: ["domain-name:value"],
    match: `let wanted = toscalar(ours | summarize make_set(tolower(ObservableValue), 500000));
_Im_Dns(starttime=ago({days}d))
| extend Parts = split(tolower(DnsQuery), ".")
| mv-apply Cut = range(0, array_length(Parts) - 2) to typeof(int) on (
    extend Suffix = strcat_array(array_slice(Parts, Cut, -1), ".")
    | where Suffix in (wanted)
    | summarize Matched = take_any(Suffix))
| where isnotempty(Matched)
| project TimeGenerated, Device = coalesce(DvcHostname, SrcHostname, SrcIpAddr), DnsQuery, Matched`,
  },
  {
    id: "dns-events",
    title: "DNS queries (DnsEvents)",
    about: "The same on the table of Windows DNS servers, for exact names.",
    keys: ["domain-name:value"],
    match: `DnsEvents
| where TimeGenerated > ago({days}d) and SubType == "LookupQuery"
| extend Matched = tolower(Name)
| join kind=inner (ours | extend Matched = tolower(ObservableValue) | project Matched, Confidence, Id) on Matched
| project TimeGenerated, Device = coalesce(ClientIP, Computer), Matched, Confidence, Id`,
  },
  {
    id: "proxy",
    title: "Proxy and firewall (CommonSecurityLog)",
    about: "Connections to the team’s addresses, and requests of its domains and URLs.",
    keys: ["ipv4-addr:value", "ipv6-addr:value", "domain-name:value", "url:value"],
    match: `CommonSecurityLog
| where TimeGenerated > ago({days}d)
| extend Host = tolower(tostring(parse_url(RequestURL).Host))
| extend Seen = pack_array(DestinationIP, SourceIP, Host, tolower(DestinationHostName), RequestURL)
| mv-expand Matched = Seen to typeof(string)
| where isnotempty(Matched)
| join kind=inner (ours | project Matched = ObservableValue, Confidence, Id) on Matched
| project TimeGenerated, Device = coalesce(SourceHostName, SourceIP), DeviceVendor, DeviceAction, RequestURL, Matched, Confidence, Id`,
  },
  {
    id: "files",
    title: "Files (DeviceFileEvents)",
    about: "Files with one of the team’s hashes on devices with Defender.",
    keys: ["file:hashes"],
    match: `DeviceFileEvents
| where TimeGenerated > ago({days}d)
| extend Seen = pack_array(tolower(SHA256), tolower(SHA1), tolower(MD5))
| mv-expand Matched = Seen to typeof(string)
| where isnotempty(Matched)
| join kind=inner (ours | extend Matched = tolower(ObservableValue) | project Matched, Confidence, Id) on Matched
| project TimeGenerated, Device = DeviceName, FolderPath, FileName, Matched, Confidence, Id`,
  },
  {
    id: "mail",
    title: "Links in mail (EmailUrlInfo)",
    about: "Mails with a link to one of the team’s URLs or domains.",
    keys: ["url:value", "domain-name:value"],
    match: `EmailUrlInfo
| where TimeGenerated > ago({days}d)
| extend Seen = pack_array(Url, tolower(UrlDomain))
| mv-expand Matched = Seen to typeof(string)
| join kind=inner (ours | project Matched = ObservableValue, Confidence, Id) on Matched
| join kind=leftouter (EmailEvents | project NetworkMessageId, RecipientEmailAddress, SenderFromAddress, Subject) on NetworkMessageId
| project TimeGenerated, Device = RecipientEmailAddress, SenderFromAddress, Subject, Url, Matched, Confidence, Id`,
  },
  {
    id: "clicks",
    title: "Clicks on links (UrlClickEvents)",
    about: "People who clicked on one of the team’s URLs or domains in mail or Teams.",
    keys: ["url:value", "domain-name:value"],
    match: `UrlClickEvents
| where TimeGenerated > ago({days}d)
| extend Seen = pack_array(Url, tolower(tostring(parse_url(Url).Host)))
| mv-expand Matched = Seen to typeof(string)
| join kind=inner (ours | project Matched = ObservableValue, Confidence, Id) on Matched
| project TimeGenerated, Device = AccountUpn, ActionType, Url, Matched, Confidence, Id`,
  },
];

const keyFilter = (keys: readonly string[]): string =>
  `\n| where ${keys.map((key) => `ObservableKey startswith ${kqlText(key)}`).join(" or ")}`;

/** One hunt over so many days. */
const huntQuery = (ours: Ours, { keys, match }: Hunt, days: number): string =>
  `${letOurs(ours, keyFilter(keys))}\n${match.replaceAll("{days}", String(days))}`;

/** Every hunt as a query by itself. */
export const hunts = (ours: Ours, days = 7): Query[] =>
  HUNTS.map(({ id, title, about, ...hunt }) => ({
    ...{ id, title, about },
    query: huntQuery(ours, { id, title, about, ...hunt }, days),
  }));

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
    about: "Alerts of any rule in which one of the team’s indicators occurs.",
    query: `${letOurs(ours)}
SecurityAlert
| where TimeGenerated > ago(7d)
| summarize arg_max(TimeGenerated, *) by SystemAlertId
| mv-expand Entity = parse_json(Entities)
| extend Seen = pack_array(tostring(Entity.Address), tostring(Entity.DomainName), tostring(Entity.Url), tostring(Entity.Value), tostring(Entity.MailboxPrimaryAddress))
| mv-expand Matched = Seen to typeof(string)
| where isnotempty(Matched)
| extend Matched = iff(Matched matches regex "^[0-9A-Fa-f]{32,64}$", tolower(Matched), Matched)
| join kind=inner (ours | project Matched = ObservableValue, Confidence, Id) on Matched
| summarize Alerts = dcount(SystemAlertId), Last = max(TimeGenerated), Names = make_set(AlertName, 5) by Matched, Confidence
| sort by Alerts desc`,
  },
  ...hunts(ours),
];

/** What an analyst of the team asks Defender's advanced hunting. */
export const defenderQueries = ({ team }: { team: string }): Query[] => {
  const mark = kqlText(`[${team}`);
  return [
    {
      id: "alerts",
      title: "Alerts by my team’s indicators",
      about:
        "Alerts whose title begins with the team, as Sluice words it unless the connector says otherwise.",
      query: `AlertInfo
| where Timestamp > ago(7d) and Title startswith ${mark}
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
| where tostring(Info.ResponseCategory) has "CustomBlockList" or tostring(Info.ResponseCategory) has "CustomPolicy" or tostring(Info.Experience) has "Custom"
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
