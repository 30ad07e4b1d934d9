import type { Cloud } from "@/lib/domain/connector/kinds";

export const CLOUD_LABELS: Readonly<Record<Cloud, string>> = {
  public: "Public (commercial)",
  gcc: "US Government GCC",
  "gcc-high": "US Government GCC High, DoD",
  china: "China (21Vianet)",
  sandbox: "Sandbox on this machine",
};
