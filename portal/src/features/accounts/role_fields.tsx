// Which role, where it holds, and how long.
import DatePicker from "@cloudscape-design/components/date-picker";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useTranslation } from "react-i18next";
import type { NewRoleGrant, Role, VirtualAccount } from "../../api/types";
import { useLanguage } from "../../ui/use_language";
import { needsVirtualAccount, ROLES } from "./roles";

export interface RoleEntry {
  role: Role;
  // Of the virtual account, for roles on one.
  va: string | null;
  // The last day, as year-month-day where the person is; empty for none.
  last_day: string;
}

export const NO_ROLE_YET: RoleEntry = { role: "sa_user", va: null, last_day: "" };

// The role as a request names it; undefined while its virtual account is missing.
export function roleOf({ role, va, last_day }: RoleEntry): Omit<NewRoleGrant, "mail"> | undefined {
  const request: Omit<NewRoleGrant, "mail"> = { role };
  if (last_day !== "") request.ends_at = new Date(`${last_day}T23:59:59`).toISOString();
  if (!needsVirtualAccount(role)) return request;
  return va === null ? undefined : { ...request, virtual_account_id: va };
}

const DAY_MS = 24 * 60 * 60 * 1000;

interface RoleFieldsProps {
  entry: RoleEntry;
  virtualAccounts: VirtualAccount[];
  // Whether the form was sent, so that what is missing is said.
  tried: boolean;
  errorOf: (field: string) => string | undefined;
  onChange: (entry: RoleEntry) => void;
}

export function RoleFields({ entry, virtualAccounts, tried, errorOf, onChange }: RoleFieldsProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { role, va, last_day } = entry;
  const options = virtualAccounts.map((item) => ({
    value: item.virtual_account_id,
    label: item.path_names.join(" / "),
  }));
  return (
    <SpaceBetween size="l">
      <FormField label={t("users.role")} errorText={errorOf("role")}>
        <Select
          selectedOption={{ value: role, label: t(`roles.${role}`) }}
          options={ROLES.map((value) => ({
            value,
            label: t(`roles.${value}`),
            description: t(`role_texts.${value}`),
          }))}
          expandToViewport
          onChange={({ detail }) =>
            onChange({ ...entry, role: ROLES.find((each) => each === detail.selectedOption.value) ?? "sa_user" })
          }
        />
      </FormField>
      {needsVirtualAccount(role) && (
        <FormField
          label={t("virtual_accounts.one")}
          errorText={tried && va === null ? t("users.virtual_account_missing") : errorOf("virtual_account_id")}
        >
          <Select
            filteringType="auto"
            virtualScroll
            placeholder={t("licenses.choose_virtual_account")}
            selectedOption={options.find((option) => option.value === va) ?? null}
            options={options}
            expandToViewport
            onChange={({ detail }) => onChange({ ...entry, va: detail.selectedOption.value ?? null })}
          />
        </FormField>
      )}
      <FormField label={t("users.last_day")} errorText={errorOf("ends_at")}>
        <DatePicker
          locale={language}
          value={last_day}
          placeholder={t("users.last_day_format")}
          isDateEnabled={(day) => day.getTime() > Date.now() - DAY_MS}
          expandToViewport
          onChange={({ detail }) => onChange({ ...entry, last_day: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}
