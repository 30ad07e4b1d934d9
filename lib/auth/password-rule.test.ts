import { describe, expect, it } from "vitest";

import { findPasswordProblem } from "./password-rule";

const owner = { email: "martina.huber@contoso.example", name: "Martina Huber" };

describe("the rule for passwords", () => {
  it.each([
    "correct horse battery staple",
    "Wintergarten mit Regen",
    "xk7v2-qpn4m-w8trz-h3bdj",
    "ein Satz, den nur ich kenne",
    "パスワードはとても長いです",
    "password manager of my aunt",
  ])("takes %j", (password) => {
    expect(findPasswordProblem(password, owner)).toBeNull();
  });

  it.each([
    ["elevenchars", "at least 12"],
    ["x".repeat(201), "at most 200"],
    ["aaaaaaaaaaaaaa", "repeats or counts"],
    ["abababababab", "repeats or counts"],
    ["123456789012", "repeats or counts"],
    ["abcdefghijklm", "repeats or counts"],
    ["qwertyuiop12", "repeats or counts"],
    ["Password1234", "tried first"],
    ["P4ssw0rd!!!!", "tried first"],
    ["!!Welcome2026!!", "tried first"],
    ["Sluice-2026-2027", "tried first"],
    ["Administrator1!", "tried first"],
    ["huber-likes-cheese", "huber"],
    ["i am martina 77", "martina"],
    ["contoso forever and ever", "contoso"],
  ])("refuses %j", (password, why) => {
    expect(findPasswordProblem(password, owner)).toContain(why);
  });

  it("counts characters, not bytes, and the composed form of accents", () => {
    expect(findPasswordProblem("é".normalize("NFD").repeat(11), owner)).toContain("at least 12");
  });
});
