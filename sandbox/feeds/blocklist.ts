import { createHash } from "node:crypto";

import { type Call } from "../http/call";
import { conditional } from "../http/conditional";
import { type Reply } from "../http/reply";

const sha256 = (name: string): string => createHash("sha256").update(name).digest("hex");
const sha1 = (name: string): string => createHash("sha1").update(name).digest("hex");
const md5 = (name: string): string => createHash("md5").update(name).digest("hex");

/** Mixed, partly defanged values with comments and some lines that are no indicator. Every name and value is made up. */
const BLOCKLIST = [
  "# Sluice demo blocklist: synthetic values only",
  "# format: one value per line, defanged",
  "",
  "# --- command and control",
  "c2[.]example-sluice-demo[.]com",
  "beacon[.]example-sluice-demo[.]com",
  "gate(.)example-sluice-demo(.)net",
  "panel[dot]example-sluice-demo[dot]org",
  "UPDATE.Example-Sluice-Demo.COM",
  "xn--slce-demo-r9a.example-sluice-demo.com",
  "45.155[.]249[.]17",
  "45.155.249.18:8443",
  "45[.]155[.]249[.]19",
  "2a0d:5600:24:1337::5",
  "",
  "# --- payload delivery",
  "hxxp://downloads[.]example-sluice-demo[.]com/a/setup.exe",
  "hxxps://cdn.example-sluice-demo[.]net/loader?id=42&v=1",
  "hxxps[://]files.example-sluice-demo.org/Invoice_2026.pdf",
  "http://mirror.example-sluice-demo.com:8080/get/,payload",
  "https://login.example-sluice-demo.com/owa/auth.php",
  sha256("sluice-blocklist-1"),
  sha256("sluice-blocklist-2"),
  sha256("sluice-blocklist-3").toUpperCase(),
  sha1("sluice-blocklist-4"),
  sha1("sluice-blocklist-5"),
  md5("sluice-blocklist-6"),
  md5("sluice-blocklist-7"),
  "",
  "# --- phishing",
  "account-check.example-sluice-demo.com",
  "secure-mail.example-sluice-demo.net",
  "parcel-tracking.example-sluice-demo.org",
  "billing[@]example-sluice-demo[.]com",
  "support(at)example-sluice-demo.net",
  "hxxps://parcel-tracking.example-sluice-demo[.]org/track",
  "hxxps://secure-mail.example-sluice-demo[.]net/",
  "",
  "# --- not pushable on purpose: documentation, private and reserved addresses, a network",
  "198.51.100.7",
  "203[.]0[.]113[.]44",
  "10.20.30.40",
  "192.168.1.1",
  "127.0.0.1",
  "45.155.248.0/28",
  "",
  "# --- twice, and spelled differently",
  "C2.example-sluice-demo.com.",
  "beacon.example-sluice-demo.com",
  "",
  "# --- bad lines",
  "999.1.2.3",
  "not an indicator",
  "hxxp://",
  `${sha256("sluice-blocklist-8").slice(0, 60)}zzzz`,
  "localhost",
  "",
].join("\n");

/** `GET /feeds/blocklist.txt` */
export const serveBlocklist = (call: Call): Reply =>
  conditional(call, {
    contentType: "text/plain; charset=utf-8",
    body: BLOCKLIST,
    modifiedAt: new Date("2026-11-01T06:00:00Z"),
  });
