// The countries and regions of ISO 3166-1, in the order of the reader's language.
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useTranslation } from "react-i18next";
import type { Language } from "../../api/types";
import { localName } from "../../ui/format";
import { useLanguage } from "../../ui/use_language";
import { useCountries } from "./country_list";

// What is chosen before anybody chooses: where most readers of the language are.
export const likelyCountry = (language: Language) => (language === "ja" ? "JP" : "");

interface Props {
  value: string;
  error: string | undefined;
  onChange: (code: string) => void;
}

export function CountryField({ value, error, onChange }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const countries = useCountries();
  const options = (countries.data?.items ?? [])
    .map((country) => ({
      value: country.code,
      label: localName(language, country),
      // Found by either name and by the code.
      filteringTags: [country.name_en, country.name_ja, country.code],
    }))
    .sort((a, b) => a.label.localeCompare(b.label, language));
  return (
    <FormField label={t("sign_up.country")} errorText={error}>
      <Select
        options={options}
        selectedOption={options.find((option) => option.value === value) ?? null}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")}
        placeholder={t("sign_up.country_choose")}
        filteringType="auto"
        virtualScroll
        statusType={countries.isPending ? "loading" : countries.isError ? "error" : "finished"}
        loadingText={t("common.loading")}
        errorText={t("sign_up.country_failed")}
        recoveryText={t("common.retry")}
        onLoadItems={() => countries.isError && countries.refetch()}
        empty={t("sign_up.country_none")}
      />
    </FormField>
  );
}
