/** Which columns of a hunt become what Sentinel knows as an entity of its alerts. */
type EntityMapping = {
  entityType: "IP" | "DNS" | "URL" | "FileHash" | "Host" | "Account" | "Mailbox";
  fieldMappings: { identifier: string; columnName: string }[];
};

export type Hunt = {
  id: string;
  title: string;
  about: string;
  /** The table that a workspace must have for it. */
  table: string;
  tactic: "CommandAndControl" | "Execution" | "InitialAccess";
  /** How STIX names what is looked for. */
  keys: readonly string[];
  /** From `ours` and the table to the matches; `{span}` is how far back. */
  match: string;
  entities: readonly EntityMapping[];
};

const entity = (entityType: EntityMapping["entityType"], fields: Readonly<Record<string, string>>) => ({
  entityType,
  fieldMappings: Object.entries(fields).map(([identifier, columnName]) => ({ identifier, columnName })),
});

const HOST = entity("Host", { HostName: "Device" });
const IP = entity("IP", { Address: "MatchedIp" });
const DNS = entity("DNS", { DomainName: "MatchedHost" });
const URL = entity("URL", { Url: "MatchedUrl" });

// An alert takes each value by its kind, so each has a column that is empty where it is of another.
const KINDS = `MatchedIp = iff(ObservableKey startswith "ipv", Matched, ""), MatchedHost = iff(ObservableKey startswith "domain-name", Matched, ""), MatchedUrl = iff(ObservableKey startswith "url", Matched, "")`;
const VALUES = "ours | project Matched = ObservableValue, ObservableKey, Confidence, Id";

/**
 * Rows whose `Matched` is one of ours, or an address in a network of ours, which `Network` then names. No row has a network itself,
 * so the addresses among them are looked up; each once, since rows are many and addresses are few.
 */
export const joinOurs = (rows: string): string => `let found = ${rows};
let networks = ours
| where ObservableKey startswith "ipv" and ObservableValue contains "/"
| project Network = ObservableValue, ObservableKey, Confidence, Id;
let networks4 = networks | where ObservableKey startswith "ipv4";
let networks6 = networks | where ObservableKey startswith "ipv6" | extend Every = 1;
let addresses = found | where Matched matches regex "^[0-9A-Fa-f.:]+$" | distinct Matched;
let inNetworks = union
  (addresses | where Matched !contains ":" | evaluate ipv4_lookup(networks4, Matched, Network)),
  (addresses | where Matched contains ":" | extend Every = 1 | join kind=inner networks6 on Every | where ipv6_is_in_range(Matched, Network))
| project Matched, Network, ObservableKey, Confidence, Id;
let wanted = union (ours | project Matched = ObservableValue, Network = "", ObservableKey, Confidence, Id), inNetworks;
found
| join kind=inner wanted on Matched`;

/** Each once, and none empty: what stands in two columns of a row is one match. */
const seen = (...columns: readonly string[]): string =>
  `| extend Seen = set_difference(pack_array(${columns.join(", ")}), dynamic([""]))
| mv-expand Matched = Seen to typeof(string)`;

/** Where to hunt for a team's indicators in a workspace, by where the work is: DNS, network, proxy, files and mail. */
export const HUNTS: readonly Hunt[] = [
  {
    id: "dns",
    title: "DNS queries (ASIM)",
    about: "Hosts that asked for one of the team’s domains or a name below it, over all DNS sources.",
    table: "_Im_Dns",
    tactic: "CommandAndControl",
    keys: ["domain-name:value"],
    entities: [HOST, entity("DNS", { DomainName: "DnsQuery" })],
    match: `let wanted = toscalar(ours | summarize make_set(tolower(ObservableValue), 500000));
_Im_Dns(starttime=ago({span}))
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
    table: "DnsEvents",
    tactic: "CommandAndControl",
    keys: ["domain-name:value"],
    entities: [entity("IP", { Address: "Device" }), entity("DNS", { DomainName: "Matched" })],
    match: `DnsEvents
| where TimeGenerated > ago({span}) and SubType == "LookupQuery"
| extend Matched = tolower(Name)
| join kind=inner (ours | project Matched = tolower(ObservableValue), Confidence, Id) on Matched
| project TimeGenerated, Device = coalesce(ClientIP, Computer), Matched, Confidence, Id`,
  },
  {
    id: "network",
    title: "Connections of devices (DeviceNetworkEvents)",
    about: "What devices with Defender connected to: the team’s addresses, networks, domains and URLs.",
    table: "DeviceNetworkEvents",
    tactic: "CommandAndControl",
    keys: ["ipv4-addr:value", "ipv6-addr:value", "domain-name:value", "url:value"],
    entities: [HOST, IP, DNS, URL],
    match: `${joinOurs(`DeviceNetworkEvents
| where TimeGenerated > ago({span})
| extend Host = tolower(iff(RemoteUrl contains "://", tostring(parse_url(RemoteUrl).Host), tostring(split(tostring(split(RemoteUrl, "/")[0]), ":")[0])))
${seen("RemoteIP", "Host", "RemoteUrl")}`)}
| project TimeGenerated, Device = DeviceName, ActionType, RemoteIP, RemotePort, RemoteUrl, InitiatingProcessFileName, InitiatingProcessAccountName, Matched, Network, Confidence, Id, ${KINDS}`,
  },
  {
    id: "proxy",
    title: "Proxy and firewall (CommonSecurityLog)",
    about: "Connections to the team’s addresses and networks, and requests of its domains and URLs.",
    table: "CommonSecurityLog",
    tactic: "CommandAndControl",
    keys: ["ipv4-addr:value", "ipv6-addr:value", "domain-name:value", "url:value"],
    entities: [HOST, IP, DNS, URL],
    match: `${joinOurs(`CommonSecurityLog
| where TimeGenerated > ago({span})
| extend Host = tolower(tostring(parse_url(RequestURL).Host))
${seen("DestinationIP", "SourceIP", "Host", "tolower(DestinationHostName)", "RequestURL")}`)}
| project TimeGenerated, Device = coalesce(SourceHostName, SourceIP), DeviceVendor, DeviceAction, RequestURL, Matched, Network, Confidence, Id, ${KINDS}`,
  },
  {
    id: "files",
    title: "Files (DeviceFileEvents)",
    about: "Files with one of the team’s hashes on devices with Defender.",
    table: "DeviceFileEvents",
    tactic: "Execution",
    keys: ["file:hashes"],
    entities: [HOST, entity("FileHash", { Algorithm: "Algorithm", Value: "Matched" })],
    match: `DeviceFileEvents
| where TimeGenerated > ago({span})
${seen("tolower(SHA256)", "tolower(SHA1)", "tolower(MD5)")}
| join kind=inner (ours | project Matched = tolower(ObservableValue), Confidence, Id) on Matched
| project TimeGenerated, Device = DeviceName, FolderPath, FileName, Matched, Confidence, Id, Algorithm = case(strlen(Matched) == 64, "SHA256", strlen(Matched) == 40, "SHA1", "MD5")`,
  },
  {
    id: "mail",
    title: "Links in mail (EmailUrlInfo)",
    about: "Mails with a link to one of the team’s URLs or domains.",
    table: "EmailUrlInfo",
    tactic: "InitialAccess",
    keys: ["url:value", "domain-name:value"],
    entities: [entity("Mailbox", { MailboxPrimaryAddress: "Device" }), DNS, URL],
    match: `EmailUrlInfo
| where TimeGenerated > ago({span})
${seen("Url", "tolower(UrlDomain)")}
| join kind=inner (${VALUES}) on Matched
| join kind=leftouter (EmailEvents | where TimeGenerated > ago({span}) | project NetworkMessageId, RecipientEmailAddress, SenderFromAddress, Subject) on NetworkMessageId
| project TimeGenerated, Device = RecipientEmailAddress, SenderFromAddress, Subject, Url, Matched, Confidence, Id, ${KINDS}`,
  },
  {
    id: "senders",
    title: "Senders of mail (EmailEvents)",
    about: "Mails from one of the team’s addresses or domains.",
    table: "EmailEvents",
    tactic: "InitialAccess",
    keys: ["email-addr:value", "domain-name:value"],
    entities: [entity("Mailbox", { MailboxPrimaryAddress: "Device" })],
    match: `EmailEvents
| where TimeGenerated > ago({span})
${seen("tolower(SenderFromAddress)", "tolower(SenderMailFromAddress)", "tolower(SenderFromDomain)", "tolower(SenderMailFromDomain)")}
| join kind=inner (ours | project Matched = tolower(ObservableValue), Confidence, Id) on Matched
| project TimeGenerated, Device = RecipientEmailAddress, SenderFromAddress, Subject, DeliveryAction, Matched, Confidence, Id`,
  },
  {
    id: "clicks",
    title: "Clicks on links (UrlClickEvents)",
    about: "People who clicked on one of the team’s URLs or domains in mail or Teams.",
    table: "UrlClickEvents",
    tactic: "InitialAccess",
    keys: ["url:value", "domain-name:value"],
    entities: [entity("Account", { FullName: "Device" }), DNS, URL],
    match: `UrlClickEvents
| where TimeGenerated > ago({span})
${seen("Url", "tolower(tostring(parse_url(Url).Host))")}
| join kind=inner (${VALUES}) on Matched
| project TimeGenerated, Device = AccountUpn, ActionType, Url, Matched, Confidence, Id, ${KINDS}`,
  },
];
