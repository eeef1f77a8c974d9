// What somebody new says of itself: names and country, the same at a sign-up and at an invitation.
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useTranslation } from "react-i18next";
import { OptionalLabel } from "../../ui/optional_label";
import { CountryField } from "./country_field";

export const NO_INTRODUCTION = { given_name: "", family_name: "", native_name: "", country: "" };
export type Introduction = typeof NO_INTRODUCTION;
type Field = keyof Introduction;

interface IntroductionFieldsProps {
  entries: Introduction;
  errorOf: (field: Field) => string | undefined;
  onChange: (field: Field, value: string) => void;
}

export function IntroductionFields({ entries, errorOf, onChange }: IntroductionFieldsProps) {
  const { t } = useTranslation();
  const text = (field: Field, more: Partial<InputProps>) => (
    <Input {...more} name={field} value={entries[field]} onChange={({ detail }) => onChange(field, detail.value)} />
  );
  return (
    <SpaceBetween size="l">
      <FormField
        label={t("sign_up.given_name")}
        description={t("sign_up.given_name_help")}
        errorText={errorOf("given_name")}
      >
        {text("given_name", { autoComplete: "given-name" })}
      </FormField>
      <FormField
        label={t("sign_up.family_name")}
        description={t("sign_up.family_name_help")}
        errorText={errorOf("family_name")}
      >
        {text("family_name", { autoComplete: "family-name" })}
      </FormField>
      <FormField
        label={<OptionalLabel>{t("sign_up.native_name")}</OptionalLabel>}
        description={t("sign_up.native_name_help")}
        errorText={errorOf("native_name")}
      >
        {text("native_name", { autoComplete: "name" })}
      </FormField>
      <CountryField value={entries.country} error={errorOf("country")} onChange={(code) => onChange("country", code)} />
    </SpaceBetween>
  );
}
