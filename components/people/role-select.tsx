import { Select } from "@/components/ui/select";

const OPTIONS = [
  { value: "viewer", label: "Viewer: sees everything of the team, changes nothing" },
  { value: "analyst", label: "Analyst: feeds, indicators, plans" },
  { value: "owner", label: "Owner: connectors, members and recalls too" },
] as const;

/** The three roles with what each may do. */
export const RoleSelect = ({ defaultValue = "analyst" }: { defaultValue?: string }) => (
  <Select options={OPTIONS} defaultValue={defaultValue} />
);
