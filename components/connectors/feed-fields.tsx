import { CheckboxField } from "@/components/forms/choice";
import { FieldGroup } from "@/components/forms/field-group";
import { RadioGroup } from "@/components/forms/radio-group";

import { feedOptions, type ShownFeed } from "./feed-options";

type Props = {
  feeds: readonly ShownFeed[];
  /** Null: all. */
  chosen: readonly string[] | null;
};

/** Whether all of the team's feeds go there, or only some. Which is said by itself: no tick too few ever means all. */
export const FeedFields = ({ feeds, chosen }: Props) => (
  <FieldGroup legend="Feeds">
    <div className="group/feeds space-y-3">
      <RadioGroup
        name="feedChoice"
        legend="What goes there comes from"
        defaultValue={chosen === null ? "all" : "chosen"}
        options={[
          { value: "all", label: "All of the team’s feeds", hint: "Those that are added later, too." },
          { value: "chosen", label: "Only these", hint: "Feeds that are added later stay out." },
        ]}
      />
      <fieldset className="hidden min-w-0 group-has-[input[value=chosen]:checked]/feeds:block">
        <legend className="sr-only">Only these feeds</legend>
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          {feedOptions(feeds, chosen ?? []).map(({ value, label }) => (
            <CheckboxField
              key={value}
              name="feeds"
              value={value}
              label={label}
              defaultChecked={chosen?.includes(value) ?? false}
            />
          ))}
        </div>
        <p className="text-warning mt-3 text-sm group-has-[input[name=feeds]:checked]/feeds:hidden">
          None is ticked: nothing goes there, and the next plan takes back what stands there.
        </p>
      </fieldset>
    </div>
  </FieldGroup>
);
