"use client";

import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import type { ReactNode } from "react";

import { buttonClass, type ButtonLook } from "./button-class";
import { cn } from "./cn";
import { Link } from "./link";

type MenuProps = ButtonLook & {
  /** What the trigger shows. */
  trigger: ReactNode;
  /** Spoken name of the trigger when it shows only an icon. */
  label?: string | undefined;
  children: ReactNode;
  align?: "start" | "center" | "end" | undefined;
  side?: "top" | "bottom" | undefined;
  /** Replaces the button's look altogether. */
  triggerClassName?: string | undefined;
  className?: string | undefined;
};

const ITEM =
  "flex min-h-8 w-full cursor-default items-center gap-2.5 rounded-sm px-2 py-1 text-left text-sm outline-none select-none data-disabled:opacity-50 data-highlighted:bg-accent-tint data-highlighted:text-ink [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted";

/** A button that opens a list of actions or links; arrow keys, type-ahead and Escape as everywhere. */
export const DropdownMenu = (props: MenuProps) => {
  const { trigger, label, children, align, side, variant, size, triggerClassName, className } = props;
  return (
    <Base.Root>
      <Base.Trigger aria-label={label} className={triggerClassName ?? buttonClass({ variant, size })}>
        {trigger}
      </Base.Trigger>
      <Popup align={align} side={side} className={className}>
        {children}
      </Popup>
    </Base.Root>
  );
};

type SharedMenuProps<Subject> = Pick<MenuProps, "align" | "side" | "className"> & {
  handle: SharedMenuHandle<Subject>;
  /** The menu of what it was opened for. */
  children: (subject: Subject) => ReactNode;
};

/** What ties `SharedMenuTrigger`s to their `SharedMenu`. */
type SharedMenuHandle<Subject> = ReturnType<typeof Base.createHandle<Subject>>;
export const createSharedMenu = Base.createHandle;

/** One menu for many triggers anywhere on a page: a list of fifty rows need not carry fifty of them. */
export const SharedMenu = <Subject,>({ handle, children, ...popup }: SharedMenuProps<Subject>) => (
  <Base.Root handle={handle}>
    {({ payload }) => <Popup {...popup}>{payload === undefined ? null : children(payload)}</Popup>}
  </Base.Root>
);

type SharedTriggerProps<Subject> = {
  handle: SharedMenuHandle<Subject>;
  subject: Subject;
  children: ReactNode;
  className: string;
};

/** A button that opens a shared menu for its own subject. */
export const SharedMenuTrigger = <Subject,>(props: SharedTriggerProps<Subject>) => {
  const { handle, subject, children, className } = props;
  return (
    <Base.Trigger handle={handle} payload={subject} className={className}>
      {children}
    </Base.Trigger>
  );
};

const Popup = ({
  align = "end",
  side = "bottom",
  className,
  children,
}: Pick<MenuProps, "align" | "side" | "className" | "children">) => (
  <Base.Portal>
    <Base.Positioner align={align} side={side} sideOffset={6} className="z-50 outline-none">
      <Base.Popup
        className={cn(
          "scrollbar-slim bg-raised text-ink shadow-raised max-h-[min(28rem,var(--available-height))] max-w-[calc(100vw-1rem)] min-w-48 origin-(--transform-origin) overflow-y-auto rounded-lg border p-1 transition-[scale,opacity] duration-100 outline-none data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0",
          className,
        )}
      >
        {children}
      </Base.Popup>
    </Base.Positioner>
  </Base.Portal>
);

type ItemProps = {
  children: ReactNode;
  icon?: ReactNode;
  onSelect?: (() => void) | undefined;
  isDangerous?: boolean;
  disabled?: boolean;
};

/** One action of a menu. */
export const MenuItem = ({ children, icon, onSelect, isDangerous = false, disabled = false }: ItemProps) => (
  <Base.Item
    {...(onSelect === undefined ? {} : { onClick: onSelect })}
    disabled={disabled}
    className={cn(
      ITEM,
      isDangerous &&
        "text-danger data-highlighted:bg-danger-tint data-highlighted:text-danger [&>svg]:text-danger",
    )}
  >
    {icon}
    {children}
  </Base.Item>
);

type LinkProps = { href: string; children: ReactNode; icon?: ReactNode; isCurrent?: boolean };

/** One destination of a menu. */
export const MenuLink = ({ href, children, icon, isCurrent = false }: LinkProps) => (
  <Base.LinkItem
    render={<Link href={href} />}
    closeOnClick
    aria-current={isCurrent ? "true" : undefined}
    className={ITEM}
  >
    {icon}
    <span className="min-w-0 flex-1">{children}</span>
    {isCurrent && <Check aria-hidden className="text-accent!" />}
  </Base.LinkItem>
);

type RadioProps = {
  label: string;
  value: string;
  onValueChange: (value: string) => void;
  options: readonly { value: string; label: string; icon?: ReactNode }[];
};

/** One choice out of several, kept inside a menu. */
export const MenuRadioGroup = ({ label, value, onValueChange, options }: RadioProps) => (
  <Base.RadioGroup
    value={value}
    onValueChange={(next: unknown) => {
      if (typeof next === "string") onValueChange(next);
    }}
  >
    <Base.GroupLabel className="text-muted px-2 pt-1.5 pb-1 text-xs">{label}</Base.GroupLabel>
    {options.map((option) => (
      <Base.RadioItem key={option.value} value={option.value} className={ITEM} closeOnClick>
        {option.icon}
        <span className="flex-1">{option.label}</span>
        <Base.RadioItemIndicator className="data-unchecked:hidden">
          <Check aria-hidden className="text-accent size-4" />
        </Base.RadioItemIndicator>
      </Base.RadioItem>
    ))}
  </Base.RadioGroup>
);

/** Items that belong together under a heading. */
export const MenuGroup = ({ label, children }: { label: ReactNode; children: ReactNode }) => (
  <Base.Group>
    <Base.GroupLabel className="text-muted px-2 pt-1.5 pb-1 text-xs">{label}</Base.GroupLabel>
    {children}
  </Base.Group>
);

/** A line between two groups. */
export const MenuSeparator = () => <Base.Separator className="bg-line my-1 h-px" />;
