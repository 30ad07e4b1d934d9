"use client";

import { useId, useState } from "react";

import { DialogFrame } from "@/components/ui/dialog-frame";
import { Kbd } from "@/components/ui/kbd";
import { areSingleKeysOn, setSingleKeys } from "@/components/ui/single-keys";
import { Switch } from "@/components/ui/switch";

const KEYS = [
  { keys: ["Ctrl", "K"], does: "Open the command box (⌘ K on a Mac)" },
  { keys: ["/"], does: "Search this list, or open the command box" },
  { keys: ["?"], does: "Show these keys" },
  { keys: ["j"], does: "Next row of a table" },
  { keys: ["k"], does: "Previous row of a table" },
  { keys: ["o"], does: "Open the row" },
  { keys: ["Esc"], does: "Close what is open" },
] as const;

type Props = { isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

/** The list of keys, and the switch that silences those without a modifier. */
export const KeysHelp = ({ isOpen, onOpenChange }: Props) => (
  <DialogFrame isOpen={isOpen} onOpenChange={onOpenChange} title="Keyboard shortcuts" size="sm">
    <dl className="divide-y text-sm">
      {KEYS.map(({ keys, does }) => (
        <div key={does} className="flex items-center justify-between gap-4 py-1.5">
          <dt className="order-2 flex gap-1">
            {keys.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </dt>
          <dd className="text-muted">{does}</dd>
        </div>
      ))}
    </dl>
    <SingleKeysSwitch />
  </DialogFrame>
);

// Mounted only while the dialog is open, so that it reads the setting in the browser and never on the server.
const SingleKeysSwitch = () => {
  const id = useId();
  const [isOn, setIsOn] = useState(areSingleKeysOn);
  return (
    <p className="mt-4 flex items-center justify-between gap-4 border-t pt-4 text-sm">
      <label htmlFor={id}>Shortcuts of a single key</label>
      <Switch
        id={id}
        checked={isOn}
        onChange={(event) => {
          setIsOn(event.currentTarget.checked);
          setSingleKeys(event.currentTarget.checked);
        }}
      />
    </p>
  );
};
