"use client";

import { ChevronDown, ChevronUp, Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import { FieldErrors } from "@/components/forms/field-errors";
import { useFieldErrors, useFormAnswer } from "@/components/forms/form-context";
import { Button } from "@/components/ui/button";
import type { ActionState } from "@/lib/actions/state";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorRule } from "@/lib/domain/connector/rule-input";
import { describeElse, describeRule } from "@/lib/domain/connector/rule-words";

import type { ShownFeed } from "./feed-options";
import { RuleFields } from "./rule-fields";

type Props = { kind: ConnectorKind; feeds: readonly ShownFeed[]; initial: readonly ConnectorRule[] };
/** `key` stays with a rule wherever it moves. */
type Entry = { key: number; rule: ConnectorRule };

/** Rules in their order, each with the sentence that it means. The form sends them as one field. */
export const RulesEditor = ({ kind, feeds, initial }: Props) => {
  const [entries, setEntries] = useState<readonly Entry[]>(() => initial.map((rule, key) => ({ key, rule })));
  const [nextKey, setNextKey] = useState(initial.length);
  const answer = useFormAnswer();
  const refused = useFieldErrors("rules");
  // What was said of rules that have changed since says nothing any more.
  const [changedAfter, setChangedAfter] = useState<ActionState | null>(null);
  const errors = changedAfter === answer ? [] : refused;
  const nameOf = (id: string) => feeds.find((feed) => feed.id === id)?.name;

  const set = (changed: readonly Entry[]) => {
    setEntries(changed);
    setChangedAfter(answer);
  };
  const add = () => {
    set([...entries, { key: nextKey, rule: BLANK[kind] }]);
    setNextKey(nextKey + 1);
  };
  const change = (key: number, rule: ConnectorRule) => {
    set(entries.map((entry) => (entry.key === key ? { key, rule } : entry)));
  };
  const remove = (key: number) => {
    set(entries.filter((entry) => entry.key !== key));
  };
  const swap = (place: number, other: number) => {
    set(
      entries.map(
        (entry, at) => (at === place ? entries[other] : at === other ? entries[place] : entry) ?? entry,
      ),
    );
  };

  return (
    <div className="space-y-3">
      <input type="hidden" name="rules" value={JSON.stringify(entries.map(({ rule }) => rule))} />
      <ol className="space-y-3" aria-label="Rules, the first that fits decides">
        {entries.map(({ key, rule }, place) => {
          const label = `rule ${String(place + 1)}`;
          return (
            <li key={key} className="border-strong/40 min-w-0 rounded-md border p-3">
              <div className="flex flex-wrap items-center gap-1">
                <h4 className="mr-auto text-sm font-semibold">Rule {place + 1}</h4>
                <Button
                  size="sm"
                  variant="ghost"
                  aria-label={`Move ${label} up`}
                  disabled={place === 0}
                  onClick={() => {
                    swap(place, place - 1);
                  }}
                >
                  <ChevronUp aria-hidden className="size-4" />
                </Button>
                <Button
                  size="sm"
                  variant="ghost"
                  aria-label={`Move ${label} down`}
                  disabled={place === entries.length - 1}
                  onClick={() => {
                    swap(place, place + 1);
                  }}
                >
                  <ChevronDown aria-hidden className="size-4" />
                </Button>
                <Button
                  size="sm"
                  variant="ghost"
                  aria-label={`Remove ${label}`}
                  onClick={() => {
                    remove(key);
                  }}
                >
                  <Trash2 aria-hidden className="size-4" />
                </Button>
              </div>
              <RuleFields
                name={`rule.${String(key)}`}
                kind={kind}
                feeds={feeds}
                rule={rule}
                onChange={(changed) => {
                  change(key, changed);
                }}
              />
              <p className="bg-sunken mt-3 rounded-sm px-2 py-1.5 text-sm wrap-anywhere">
                {describeRule(rule, nameOf)}.
              </p>
            </li>
          );
        })}
      </ol>
      {errors.length > 0 && <FieldErrors errors={errors} />}
      <p className="text-muted text-sm">{describeElse(entries.map(({ rule }) => rule))}</p>
      <Button size="sm" onClick={add}>
        <Plus aria-hidden className="size-4" />
        Add a rule
      </Button>
    </div>
  );
};

const NO_CONDITION = { types: null, feeds: null, minConfidence: null, tags: null };
const BLANK: Readonly<Record<ConnectorKind, ConnectorRule>> = {
  defender: { when: NO_CONDITION, action: "Audit", severity: null, expiryDays: null, deviceGroups: null },
  sentinel: { when: NO_CONDITION, action: null, severity: null, expiryDays: 30, deviceGroups: null },
};
