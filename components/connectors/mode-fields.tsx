"use client";

import { useState } from "react";

import { Field } from "@/components/forms/field";
import { FieldGroup } from "@/components/forms/field-group";
import { RadioGroup } from "@/components/forms/radio-group";
import { Callout } from "@/components/ui/callout";
import { Input } from "@/components/ui/input";
import { DEFAULT_AUTOMATIC_LIMITS, type PlanLimits } from "@/lib/domain/delivery/plan-limits";

type Props = { mode: string; limits: PlanLimits | null };
type LimitName = keyof PlanLimits;
type Written = Readonly<Record<LimitName, string>>;

/** Whether plans wait for a person, and where they do not, how much goes without one: asked for whenever that is chosen. */
export const ModeFields = ({ mode: initial, limits }: Props) => {
  const [mode, setMode] = useState(initial);
  // Whoever leaves it to the product for the first time is shown limits to start with.
  const [written, setWritten] = useState(() =>
    toWritten(limits ?? (initial === "automatic" ? null : DEFAULT_AUTOMATIC_LIMITS)),
  );
  const isAutomatic = mode === "automatic";

  return (
    <>
      <RadioGroup
        name="mode"
        legend="When something changes"
        defaultValue={initial}
        onValueChange={setMode}
        options={[
          { value: "review", label: "Review", hint: "A person looks at each plan and applies it." },
          {
            value: "automatic",
            label: "Automatic",
            hint: "Plans are applied as they are made, up to the limits that you set here.",
          },
        ]}
      />
      {isAutomatic ? (
        <FieldGroup
          legend="Automatic, up to"
          hint="Within an hour; what is more waits for a person. Another action or other device groups count as a removal and an addition."
          columns={3}
        >
          {LIMITS.map(({ name, label, max }) => (
            <Field key={name} name={`automaticLimits.${name}`} label={label} hint="Blank: no limit.">
              <Input
                type="number"
                min={0}
                max={max}
                value={written[name]}
                onChange={({ target }) => {
                  setWritten({ ...written, [name]: target.value });
                }}
              />
            </Field>
          ))}
        </FieldGroup>
      ) : (
        LIMITS.map(({ name }) => (
          <input key={name} type="hidden" name={`automaticLimits.${name}`} value={toHidden(limits, name)} />
        ))
      )}
      {isAutomatic && LIMITS.every(({ name }) => written[name].trim() === "") && (
        <Callout tone="warning" title="No limit at all." role="status">
          Whatever a plan holds is sent at once and nobody is asked: also when a feed swells tenfold, or when
          everything is to be removed.
        </Callout>
      )}
    </>
  );
};

const LIMITS: readonly { name: LimitName; label: string; max?: number }[] = [
  { name: "maxAdds", label: "Additions" },
  { name: "maxRemoves", label: "Removals" },
  { name: "maxRemovedPercent", label: "Removals, % of what stands", max: 100 },
];

const toWritten = (limits: PlanLimits | null): Written => ({
  maxAdds: toHidden(limits, "maxAdds"),
  maxRemoves: toHidden(limits, "maxRemoves"),
  maxRemovedPercent: toHidden(limits, "maxRemovedPercent"),
});

const toHidden = (limits: PlanLimits | null, name: LimitName): string => String(limits?.[name] ?? "");
