"use client";

import { useState } from "react";

import { Field } from "@/components/forms/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";

import type { FeedFormValues } from "./feed-form-values";
import { describeSchedule, SCHEDULES } from "./schedule-words";

type Props = { values: Pick<FeedFormValues, "everyMinutes" | "cron" | "timeZone"> };

/** When a feed is fetched: every so many minutes, by a cron line, or only by hand. */
export const ScheduleFields = ({ values }: Props) => {
  const [every, setEvery] = useState(values.cron === "" ? values.everyMinutes : "cron");
  return (
    <>
      <Field
        name="everyMinutes"
        label="Fetch"
        hint="Starts are spread a little, so that feeds do not all begin at once."
      >
        <Select
          options={scheduleOptions(values.everyMinutes)}
          value={every}
          onChange={(event) => {
            setEvery(event.currentTarget.value);
          }}
        />
      </Field>
      {every === "cron" && (
        <>
          <Field
            name="cron"
            label="Cron line"
            hint="Minute, hour, day of month, month, day of week: 0 7 * * 1-5 is seven o'clock on working days."
            required
          >
            <Input isMono defaultValue={values.cron} placeholder="0 7 * * 1-5" />
          </Field>
          <Field name="timeZone" label="Time zone" hint="By its IANA name. Empty: UTC.">
            <Input defaultValue={values.timeZone} placeholder="Europe/Berlin" />
          </Field>
        </>
      )}
    </>
  );
};

const scheduleOptions = (current: string) => {
  const minutes = SCHEDULES.map(String);
  const all = current === "" || minutes.includes(current) ? minutes : [current, ...minutes];
  return [
    ...all.map((value) => ({ value, label: describeSchedule(Number(value)) })),
    { value: "cron", label: "At set times (cron)" },
    { value: "", label: describeSchedule(null) },
  ];
};
