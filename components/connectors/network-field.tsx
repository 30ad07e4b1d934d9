"use client";

import { use, useState } from "react";

import { Field } from "@/components/forms/field";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { Select } from "@/components/ui/select";
import { MOST_ADDRESSES } from "@/lib/domain/indicator/expand";
import { networkCost, type NetworksOfSize } from "@/lib/domain/indicator/network-cost";

import { NetworksContext } from "./counted-networks";

type Props = { value: number };

/** Whether small networks go to Defender as their addresses, and at what price. */
export const NetworkField = ({ value }: Props) => {
  const [most, setMost] = useState(value);
  const networks = use(NetworksContext);
  return (
    <Field
      name="expandNetworksUpTo"
      label="Networks as single addresses"
      hint={most === 0 ? OFF : sayCost(networks, most)}
    >
      <Select
        value={most}
        onChange={({ target }) => {
          setMost(Number(target.value));
        }}
        options={[
          { value: "0", label: "No network" },
          ...sizesWith(value).map((size) => ({ value: String(size), label: labelOf(size) })),
        ]}
      />
    </Field>
  );
};

const OFF = "Defender takes single addresses only: networks stay here.";

const sayCost = (counted: readonly NetworksOfSize[] | null, most: number): string => {
  if (counted === null) return "What that costs could not be counted just now; a plan tells it.";
  const { networks, nested, places } = networkCost(counted, most);
  if (networks === 0)
    return "No such network of your team goes there as it is set here. Each address would take a place of its own.";
  const more = nested === 0 ? "" : ` (${formatNumber(nested)} of them lie in others)`;
  return `${formatCount(networks, "network")} of your team${more} would take up to ${formatNumber(places)} of the tenant’s places.`;
};

const SIZES = Array.from({ length: Math.log2(MOST_ADDRESSES) }, (_, index) => 2 ** (index + 1));

/** One that was set otherwise than here stays to be chosen. */
const sizesWith = (value: number): number[] =>
  value === 0 || SIZES.includes(value) ? SIZES : [...SIZES, value].sort((one, other) => one - other);

const labelOf = (size: number): string => {
  const bits = Math.floor(Math.log2(size));
  return `Up to ${formatNumber(size)} addresses (/${String(32 - bits)}, IPv6 /${String(128 - bits)})`;
};
