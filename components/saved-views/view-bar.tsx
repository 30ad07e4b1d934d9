"use client";

import { Bookmark, Columns3, List } from "lucide-react";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";

import { ActionButton } from "@/components/forms/action-button";
import { ActionForm } from "@/components/forms/action-form";
import { CheckboxField } from "@/components/forms/choice";
import { ConfirmDialog } from "@/components/forms/confirm-dialog";
import { Field } from "@/components/forms/field";
import { FormActions } from "@/components/forms/field-group";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { COLUMN_WORDS } from "@/components/indicators/column-words";
import { Dialog } from "@/components/ui/dialog";
import { DropdownMenu, MenuGroup, MenuLink } from "@/components/ui/dropdown-menu";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { DENSITIES, LIST_COLUMNS, type Density, type ListColumn } from "@/lib/domain/indicator/list-view";

type View = {
  id: string;
  name: string;
  shared: boolean;
  mayChange: boolean;
  /** The list as the view has it. */
  href: string;
};
type Props = {
  team: string;
  views: readonly View[];
  /** The view that is open; null for none. */
  current: View | null;
  /** The view that the list opens with for this person. */
  defaultId: string | null;
  /** Without any view. */
  allHref: string;
  /** This list without looks of its own in the address. */
  plainHref: string;
  query: string;
  columns: readonly ListColumn[];
  density: Density;
  mayShare: boolean;
  actions: Readonly<Record<"create" | "update" | "remove" | "setLooks" | "setDefault", FormAction>>;
};

/** Views that are kept of the list: choose one, keep this one, and which columns are shown how densely. */
export const ViewBar = (props: Props) => {
  const { team, views, current, defaultId, allHref, actions } = props;
  const looks = { query: props.query, columns: props.columns.join(","), density: props.density };
  const [shared, own] = [views.filter((one) => one.shared), views.filter((one) => !one.shared)];
  const link = (one: View) => (
    <MenuLink key={one.id} href={one.href} isCurrent={one.id === current?.id}>
      {one.name}
      {one.id === defaultId && <span className="text-muted"> · opens first</span>}
    </MenuLink>
  );
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2" role="group" aria-label="Views">
      <DropdownMenu
        size="sm"
        align="start"
        trigger={
          <>
            <List aria-hidden />
            {current === null ? "Views" : `View: ${current.name}`}
          </>
        }
      >
        <MenuLink href={allHref} isCurrent={current === null}>
          All indicators
        </MenuLink>
        {shared.length > 0 && <MenuGroup label="The team’s">{shared.map(link)}</MenuGroup>}
        {own.length > 0 && <MenuGroup label="Mine">{own.map(link)}</MenuGroup>}
      </DropdownMenu>
      <NameDialog
        {...{ team, action: actions.create, values: looks, mayShare: props.mayShare, current: null }}
        trigger={
          <>
            <Bookmark aria-hidden />
            Save view
          </>
        }
        title="Save this view"
      />
      {current?.mayChange === true && (
        <>
          <ActionButton size="sm" action={actions.update} values={{ team, viewId: current.id, ...looks }}>
            Update view
          </ActionButton>
          <NameDialog
            {...{ team, action: actions.update, values: { viewId: current.id }, mayShare: props.mayShare }}
            current={current}
            trigger="Rename"
            title="Rename this view"
          />
          <ConfirmDialog
            size="sm"
            trigger="Delete view"
            title={`Delete the view “${current.name}”?`}
            confirmLabel="Delete it"
            action={actions.remove}
            values={{ team, viewId: current.id }}
          >
            <p>
              {current.shared ? "It goes for everybody in the team." : "Nobody else sees it."} No indicator is
              touched.
            </p>
          </ConfirmDialog>
        </>
      )}
      {current !== null && (
        <ActionButton
          size="sm"
          variant="ghost"
          action={actions.setDefault}
          values={{ team, viewId: current.id === defaultId ? "" : current.id }}
        >
          {current.id === defaultId ? "Open with all again" : "Open the list with it"}
        </ActionButton>
      )}
      <span className="sm:ml-auto">
        <LooksDialog {...props} />
      </span>
    </div>
  );
};

type NameProps = {
  team: string;
  action: FormAction;
  values: Readonly<Record<string, string>>;
  mayShare: boolean;
  /** The view that is renamed; null for a new one. */
  current: View | null;
  trigger: ReactNode;
  title: string;
};

const NameDialog = ({ team, action, values, mayShare, current, trigger, title }: NameProps) => {
  const router = useRouter();
  return (
    <Dialog
      size="sm"
      width="sm"
      trigger={trigger}
      title={title}
      description="It keeps filters, order, columns and density."
    >
      <ActionForm
        action={action}
        label={title}
        closesDialog
        onDone={({ data }) => {
          if (typeof data === "string") router.push(data);
        }}
      >
        <HiddenFields values={{ team, ...values }} />
        <Field name="name" label="Name" required>
          <Input defaultValue={current?.name} maxLength={60} />
        </Field>
        {mayShare && current === null && (
          <CheckboxField
            name="shared"
            label="For the whole team"
            hint="Everybody sees it, and whoever may change indicators may change it. Without it only you see it."
          />
        )}
        <FormStatus />
        <FormActions>
          <SubmitButton>{current === null ? "Save" : "Rename"}</SubmitButton>
        </FormActions>
      </ActionForm>
    </Dialog>
  );
};

const DENSITY_WORDS: Readonly<Record<Density, string>> = { comfortable: "Comfortable", compact: "Compact" };

const LooksDialog = ({ team, columns, density, plainHref, actions }: Props) => {
  const router = useRouter();
  return (
    <Dialog
      size="sm"
      variant="ghost"
      trigger={
        <>
          <Columns3 aria-hidden />
          Columns
        </>
      }
      title="Columns and density"
      description="Remembered for you in this team. The value is always shown."
    >
      <ActionForm
        action={actions.setLooks}
        label="Columns and density"
        closesDialog
        onDone={() => {
          router.push(plainHref);
        }}
      >
        <HiddenFields values={{ team }} />
        <fieldset>
          <legend className="mb-2 text-sm font-medium">Columns</legend>
          <div className="grid grid-cols-2 gap-2">
            {LIST_COLUMNS.map((column) => (
              <CheckboxField
                key={column}
                name={`columns.${column}`}
                label={COLUMN_WORDS[column]}
                defaultChecked={columns.includes(column)}
              />
            ))}
          </div>
        </fieldset>
        <Field name="density" label="Density">
          <Select
            defaultValue={density}
            options={DENSITIES.map((value) => ({ value, label: DENSITY_WORDS[value] }))}
          />
        </Field>
        <FormStatus />
        <FormActions>
          <SubmitButton>Show these</SubmitButton>
        </FormActions>
      </ActionForm>
    </Dialog>
  );
};
