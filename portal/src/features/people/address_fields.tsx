// The fields of a postal address, in the order in which one is dictated, with what the country wants of each.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useTranslation } from "react-i18next";
import type { PostalAddress } from "../../api/types";
import { useMe } from "../../app/session";
import { localName } from "../../ui/format";
import { OptionalLabel } from "../../ui/optional_label";
import { useLanguage } from "../../ui/use_language";
import { CountryField, likelyCountry } from "./country_field";
import { useCountry, useRegions } from "./country_list";

// As they are typed; what is empty is not told.
export type AddressEntries = Required<PostalAddress>;
export type AddressField = keyof AddressEntries;

export function useAddressEntries(begin?: PostalAddress): AddressEntries {
  const language = useLanguage();
  const me = useMe();
  return {
    country: begin?.country ?? me.person.country ?? likelyCountry(language),
    postal_code: begin?.postal_code ?? "",
    region: begin?.region ?? "",
    city: begin?.city ?? "",
    line1: begin?.line1 ?? "",
    line2: begin?.line2 ?? "",
  };
}

// What is said of each field at once and together when it is left empty; what else is wrong, the server knows.
export function useMissingAddress(entries: AddressEntries): Partial<Record<AddressField, string>> {
  const { t } = useTranslation();
  const country = useCountry(entries.country);
  const texts: Partial<Record<AddressField, string>> = {
    country: t("sign_up.country_choose"),
    city: t("fields.empty"),
    line1: t("fields.empty"),
    ...(country?.postal_code_required === true && { postal_code: t("fields.empty") }),
    ...(country?.region_required === true && { region: t("addresses.region_choose") }),
  };
  return Object.fromEntries(Object.entries(texts).filter(([field]) => entries[field as AddressField].trim() === ""));
}

interface AddressFieldsProps {
  entries: AddressEntries;
  put: (part: Partial<AddressEntries>) => void;
  errorOf: (field: AddressField) => string | undefined;
}

export function AddressFields({ entries, put, errorOf }: AddressFieldsProps) {
  const { t } = useTranslation();
  const country = useCountry(entries.country);
  const text = (field: "postal_code" | "city" | "line1" | "line2", autoComplete: string) => (
    <Input
      name={field}
      autoComplete={autoComplete}
      value={entries[field]}
      onChange={({ detail }) => put({ [field]: detail.value })}
    />
  );
  const example = country?.postal_code_example;
  const postalLabel =
    example === undefined ? t("addresses.postal_code") : t("addresses.postal_code_of", { code: example });
  return (
    <SpaceBetween size="l">
      <CountryField
        value={entries.country}
        error={errorOf("country")}
        onChange={(code) => put({ country: code, region: "" })}
      />
      <FormField
        label={country?.postal_code_required === false ? <OptionalLabel>{postalLabel}</OptionalLabel> : postalLabel}
        errorText={errorOf("postal_code")}
      >
        {text("postal_code", "postal-code")}
      </FormField>
      <RegionField
        country={entries.country}
        value={entries.region}
        error={errorOf("region")}
        onChange={(region) => put({ region })}
      />
      <FormField label={t("addresses.city")} description={t("addresses.city_help")} errorText={errorOf("city")}>
        {text("city", "address-level2")}
      </FormField>
      <FormField label={t("addresses.line1")} description={t("addresses.line1_help")} errorText={errorOf("line1")}>
        {text("line1", "address-line1")}
      </FormField>
      <FormField
        label={<OptionalLabel>{t("addresses.line2")}</OptionalLabel>}
        description={t("addresses.line2_help")}
        errorText={errorOf("line2")}
      >
        {text("line2", "address-line2")}
      </FormField>
    </SpaceBetween>
  );
}

interface RegionFieldProps {
  country: string;
  value: string;
  error: string | undefined;
  onChange: (region: string) => void;
}

function RegionField({ country, value, error, onChange }: RegionFieldProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const facts = useCountry(country);
  const isListed = facts?.has_regions === true;
  const regions = useRegions(country, isListed);
  const label =
    facts?.region_required === true ? t("addresses.region") : <OptionalLabel>{t("addresses.region")}</OptionalLabel>;
  if (!isListed) {
    return (
      <FormField label={label} errorText={error}>
        <Input
          name="region"
          autoComplete="address-level1"
          value={value}
          onChange={({ detail }) => onChange(detail.value)}
        />
      </FormField>
    );
  }
  const options = (regions.data?.items ?? []).map((region) => ({
    value: region.code,
    label: localName(language, region),
    filteringTags: [region.name_en, region.name_ja, region.code],
  }));
  return (
    <FormField label={label} errorText={error}>
      <Select
        options={options}
        selectedOption={options.find((option) => option.value === value) ?? null}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")}
        placeholder={t("addresses.region_choose")}
        filteringType="auto"
        virtualScroll
        statusType={regions.isPending ? "loading" : regions.isError ? "error" : "finished"}
        loadingText={t("common.loading")}
        errorText={t("sign_up.country_failed")}
        recoveryText={t("common.retry")}
        onLoadItems={() => regions.isError && regions.refetch()}
        empty={t("addresses.region_none")}
      />
    </FormField>
  );
}
