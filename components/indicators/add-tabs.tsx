import { LinkTabs } from "@/components/ui/link-tabs";

/** The three ways by which a person's indicators come in. */
export const AddTabs = ({ team }: { team: string }) => {
  const base = `/t/${team}/indicators/new`;
  return (
    <LinkTabs
      label="Ways to add"
      tabs={[
        { href: base, label: "Values" },
        { href: `${base}/report`, label: "Report or e-mail" },
        { href: `${base}/file`, label: "File" },
      ]}
    />
  );
};
