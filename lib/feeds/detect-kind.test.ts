import { describe, expect, it } from "vitest";

import { detectKind } from "./detect-kind";

const UUID = "544f8aa4-9224-484c-8fe1-4f7e950d210b";

describe("detectKind", () => {
  it.each([
    ["a MISP manifest", `{"${UUID}": {"Orgc": {"name": "CUDESO"}, "Tag": [], "info": "A"`, "misp-feed"],
    ["a manifest that begins with the date", `{ "${UUID}":{"date":"2020-01-01","info":"A"}}`, "misp-feed"],
    ["one MISP event", `{"Event": {"info": "A", "Attribute": [`, "misp-feed"],
    ["a MISP server's attributes", `{"response":{"Attribute":[{"id":"1","type":"md5"}]}}`, "misp-server"],
    ["a MISP server's events", `{"response":[{"Event":{"id":"1"}}]}`, "misp-server"],
    [
      "a TAXII discovery",
      `{"title":"T","default":"https://t.example.com/","api_roots":["https://t.example.com/"]}`,
      "taxii",
    ],
    ["TAXII collections", `{"collections":[{"id":"${UUID}","title":"T","can_read":true}]}`, "taxii"],
    [
      "a TAXII envelope",
      `{"more":true,"next":"2","objects":[{"type":"indicator","spec_version":"2.1"}]}`,
      "taxii",
    ],
    ["an envelope without more", `{"objects":[{"id":"indicator--1","spec_version":"2.1"`, "taxii"],
    ["a vendor's answer", `{"data":[{"ioc":"198.51.100.7"}]}`, "json"],
    ["an answer cut off by the sample", `{"data":[{"ioc":"198.51.100.7"},{"ioc":"198.51.1`, "json"],
    ["a list of texts", `["198.51.100.7","198.51.100.8"]`, "json"],
    ["a document on each line", `{"ioc":"198.51.100.7"}\n{"ioc":"198.51.100.8"}\n`, "json"],
    ["JSON after a byte order mark", `\uFEFF{"data":[{"ioc":"198.51.100.7"}]}`, "json"],
    ["a table", "198.51.100.7,botnet,80\n198.51.100.8,botnet,90\n", "csv"],
    ["a table below comments", "# c\n# d\n198.51.100.7\tbotnet\t80\n198.51.100.8\tbotnet\t90\n", "csv"],
  ])("knows %s", (_name, head, kind) => {
    expect(detectKind(head, null)?.kind).toBe(kind);
  });

  it.each([
    ["one value a line", "198.51.100.7\n198.51.100.8\n"],
    ["defanged values in brackets", "[198.51.100.7]\n[198.51.100.8]\n"],
    ["hosts", "0.0.0.0 a.example.com\n0.0.0.0 b.example.com\n"],
    ["prose", "A report of today.\nIt names 198.51.100.7, and says more.\nThe end\n"],
    ["one row", "198.51.100.7,botnet,80\n"],
  ])("takes %s for lines of text", (_name, head) => {
    expect(detectKind(head, "text/plain")?.kind).toBe("freetext");
  });

  it("says nothing of nothing", () => {
    expect(detectKind(" \n ", null)).toBeNull();
  });

  it("believes TAXII's own media type", () => {
    expect(detectKind("{}", "application/taxii+json;version=2.1")?.kind).toBe("taxii");
  });
});
