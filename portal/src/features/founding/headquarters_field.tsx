// The headquarters, out of the person's address book.
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useTranslation } from "react-i18next";
import type { OwnAddress } from "../../api/types";
import { localName } from "../../ui/format";
import { RouteLink } from "../../ui/route_link";
import { useLanguage } from "../../ui/use_language";

interface HeadquartersFieldProps {
  addresses: OwnAddress[];
  value: string;
  error: string | undefined;
  onChange: (person_address_id: string) => void;
}

export function HeadquartersField({ addresses, value, error, onChange }: HeadquartersFieldProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const options = addresses.map((each) => ({
    value: each.person_address_id,
    label: [each.line1, each.line2].filter(Boolean).join(", "),
    description: [
      each.city,
      each.region_name_en === undefined
        ? each.region
        : localName(language, { name_en: each.region_name_en, name_ja: each.region_name_ja ?? "" }),
      each.postal_code,
      each.country,
    ]
      .filter(Boolean)
      .join(", "),
  }));
  return (
    <FormField label={t("founding.headquarters")} description={t("founding.headquarters_help")} errorText={error}>
      <SpaceBetween size="xs">
        <Select
          options={options}
          selectedOption={options.find((each) => each.value === value) ?? null}
          triggerVariant="option"
          placeholder={t("founding.headquarters_missing")}
          onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")}
        />
        <RouteLink to="/me/profile?tab=company">{t("founding.other_address")}</RouteLink>
      </SpaceBetween>
    </FormField>
  );
}
