"use client";

import type { ComponentProps } from "react";

import { Button } from "./button";
import type { ButtonLook } from "./button-class";
import { Tooltip } from "./tooltip";

type Props = Omit<ComponentProps<"button">, "children" | "aria-label"> & {
  /** Spoken name and tooltip. */
  label: string;
  icon: React.ReactNode;
  variant?: ButtonLook["variant"];
  size?: "icon" | "icon-sm";
};

/** A square button with an icon; its words are its accessible name and its tooltip. */
export const IconButton = ({ label, icon, variant = "ghost", size = "icon", ...props }: Props) => (
  <Tooltip text={label}>
    <Button {...props} variant={variant} size={size} aria-label={label}>
      {icon}
    </Button>
  </Tooltip>
);
