"use client";

import { useState } from "react";

import { Field } from "@/components/forms/field";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { Select } from "@/components/ui/select";
import { MOST_ADDRESSES } from "@/lib/domain/indicator/expand";

export type ShownNetworks = readonly { size: number; networks: number }[];
type Props = {
  value: number;
  /** The team's live networks by their size. */
  networks: ShownNetworks;
};

/** Whether small networks go to Defender as their addresses, and at what price. */
export const NetworkField = ({ value, networks }: Props) => {
  const [most, setMost] = useState(value);
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

const sayCost = (networks: ShownNetworks, most: number): string => {
  const small = networks.filter(({ size }) => size <= most);
  const count = small.reduce((sum, one) => sum + one.networks, 0);
  if (count === 0) return "Your team has no such network now. Each address takes a place of its own.";
  const places = small.reduce((sum, one) => sum + one.networks * one.size, 0);
  return `${formatCount(count, "network")} of your team would take up to ${formatNumber(places)} of the tenant’s places.`;
};

const SIZES = Array.from({ length: Math.log2(MOST_ADDRESSES) }, (_, index) => 2 ** (index + 1));

/** One that was set otherwise than here stays to be chosen. */
const sizesWith = (value: number): number[] =>
  value === 0 || SIZES.includes(value) ? SIZES : [...SIZES, value].sort((one, other) => one - other);

const labelOf = (size: number): string => {
  const bits = Math.floor(Math.log2(size));
  return `Up to ${formatNumber(size)} addresses (/${String(32 - bits)}, IPv6 /${String(128 - bits)})`;
};
