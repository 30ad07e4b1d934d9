/**
 * What a type column's word means for the value beside it. Forms decide types; a word only settles what a form leaves
 * open (`certificate`), or says that the value is nothing we store, whatever it looks like (`unsupported`): an imphash
 * is no MD5, and `cmd.com` in a row of file names is no domain.
 */
export const meaningOfTypeWord = (word: string): "certificate" | "unsupported" | "open" => {
  const key = word.toLowerCase().replace(NOT_A_LETTER, "");
  if (CERTIFICATE.has(key)) return "certificate";
  return UNSUPPORTED.has(key) ? "unsupported" : "open";
};

/** Whether a word is one that type columns use; with this a column is recognised as one. */
export const isTypeWord = (word: string): boolean => {
  const key = word.toLowerCase().replace(NOT_A_LETTER, "");
  return SUPPORTED.has(key) || CERTIFICATE.has(key) || UNSUPPORTED.has(key);
};

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const NOT_A_LETTER = /[^a-z\d]/g;

const CERTIFICATE = words(`
  certsha1 certificatesha1 sha1fingerprint x509sha1 x509fingerprintsha1 sslsha1 sslcertsha1 certthumbprint
  certificatethumbprint thumbprint intelcerthash certhash
`);

const SUPPORTED = words(`
  ip ipv4 ipv6 ipaddr ipaddress ipdst ipsrc ipdstport ipsrcport ipport addr address cidr ipv4cidr ipv6cidr network subnet
  domain domainname domainip fqdn host hostname url uri email emailaddress emailsrc emailaddr md5 sha1 sha256 sha512
  md5hash sha1hash sha256hash sha512hash filehashmd5 filehashsha1 filehashsha256 filehashsha512 filemd5 filesha1
  filesha256 hash filehash file inteladdr intelsubnet inteldomain intelurl intelemail intelfilehash
`);

// MISP's and Zeek's names and those of vendors' lists, for what is context, a victim, a rule or a fuzzy hash.
const UNSUPPORTED = words(`
  description comment text note title report reference link name campaign actor threatactor malwarefamily
  filename filepath filenamepattern path folder directory urlpath process processname commandline service servicename
  scheduledtask windowsscheduledtask mutex mutant namedpipe pipe pdb regkey regkeyvalue registry registrykey
  useragent httpuseragent yara yararule sigma snort suricata rule cve vulnerability as asn port macaddress
  ja3 ja3s ja3fingerprintmd5 jarm hassh hasshmd5 hasshservermd5 faviconmmh3 ssdeep tlsh imphash pehash authentihash
  impfuzzy vhash telfhash cdhash richpe sha224 sha384 sha512224 sha512256 x509fingerprintmd5 x509fingerprintsha256
  certmd5 certsha256 btc bitcoin xmr wallet cryptowallet phone phonenumber iban creditcard emaildst targetemail
  emailsubject emailbody emailattachment subject attachment username intelusername inteluserhash intelfilename
  intelsoftware intelpubkeyhash
`);
