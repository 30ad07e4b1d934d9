import { ActionForm } from "@/components/forms/action-form";
import { Field } from "@/components/forms/field";
import type { FormAction } from "@/components/forms/form-action";
import { FormStatus } from "@/components/forms/form-status";
import { HiddenFields } from "@/components/forms/hidden-fields";
import { SubmitButton } from "@/components/forms/submit-button";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { formatCount } from "@/components/ui/format-number";
import { Input } from "@/components/ui/input";
import { tenantWords, type Tenant } from "@/lib/domain/connector/tenant";

type Props = { tenants: readonly (Tenant & { connectors: number })[]; action: FormAction };

/** The tenants that connectors lead to, each with a field for what people call it. */
export const TenantsCard = ({ tenants, action }: Props) => (
  <Card role="region" aria-labelledby="tenants">
    <CardHeader
      id="tenants"
      title="Names of tenants"
      description="How a tenant is called wherever a team is told of it. Nothing that is sent changes."
    />
    <CardBody className="p-0">
      <ul className="divide-line divide-y">
        {tenants.map((tenant) => (
          <li key={tenant.tenantId} className="px-4 py-3">
            <ActionForm
              action={action}
              label={`Name of tenant ${tenantWords(tenant)}`}
              className="grid items-end gap-3 sm:grid-cols-[minmax(0,1fr)_auto]"
            >
              <HiddenFields values={{ tenantId: tenant.tenantId }} />
              <Field
                name="tenantName"
                label={
                  <>
                    Name of <code className="text-xs font-normal wrap-anywhere">{tenant.tenantId}</code>
                  </>
                }
                hint={`${formatCount(tenant.connectors, "connector")}. Empty: it is told by its id.`}
              >
                <Input defaultValue={tenant.tenantName ?? ""} maxLength={120} />
              </Field>
              <div className="sm:pb-5">
                <SubmitButton variant="secondary">Save</SubmitButton>
              </div>
              <div className="sm:col-span-2">
                <FormStatus />
              </div>
            </ActionForm>
          </li>
        ))}
      </ul>
    </CardBody>
  </Card>
);
