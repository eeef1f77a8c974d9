// An address of one's own book, new or changed.
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addAddress, changeAddress } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { OwnAddress } from "../../api/types";
import { useMe } from "../../app/session";
import { useFlash } from "../../ui/flash";
import { FormModal } from "../../ui/form_modal";
import { localName } from "../../ui/format";
import { useLanguage } from "../../ui/use_language";
import { CountryField, likelyCountry } from "./country_field";
import { useCountry, useRegions } from "./country_list";
import { OptionalLabel } from "./profile_section";
import { useEntries } from "./use_entries";
import { ADDRESSES } from "./use_saved";

export type AddressFields = Pick<OwnAddress, "country" | "postal_code" | "region" | "city" | "line1" | "line2">;

interface AddressFormProps {
  // Given: this one is changed. Otherwise one is added, which begins with `fields`.
  item?: OwnAddress;
  fields?: AddressFields;
  onSaved: (saved: OwnAddress) => void;
  onClose: () => void;
}

const TYPES = ["company", "other"] as const;
const FIELDS = ["acknowledged", "country", "postal_code", "region", "city", "line1"] as const;

export function AddressForm({ item, fields, onSaved, onClose }: AddressFormProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const me = useMe();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [keys] = useState(idempotencyKeys);
  const [tried, setTried] = useState(false);
  const begin = item ?? fields;
  const form = useEntries({
    type: item?.type ?? "company",
    acknowledged: item !== undefined,
    country: begin?.country ?? me.person.country ?? likelyCountry(language),
    postal_code: begin?.postal_code ?? "",
    region: begin?.region ?? "",
    city: begin?.city ?? "",
    line1: begin?.line1 ?? "",
    line2: begin?.line2 ?? "",
  });
  const { entries } = form;
  const country = useCountry(entries.country);
  const save = useMutation({
    mutationFn: () => {
      const { acknowledged, ...address } = entries;
      if (item !== undefined) return changeAddress(item.person_address_id, item.version, address);
      return addAddress({ ...address, acknowledged }, keys.keyFor(entries));
    },
    onSuccess: (saved) => {
      void queryClient.invalidateQueries({ queryKey: ADDRESSES });
      flash({ type: "success", content: t("addresses.saved") });
      onSaved(saved);
    },
    onError: (error) => {
      if (asProblem(error).code === "changed_meanwhile") void queryClient.invalidateQueries({ queryKey: ADDRESSES });
    },
  });
  const problem = save.isError ? asProblem(save.error) : null;
  // Said at once and together; what else is wrong, the server knows.
  const missingText: Partial<Record<keyof typeof entries, string>> = {
    acknowledged: t("fields.not_acknowledged"),
    country: t("sign_up.country_choose"),
    city: t("fields.empty"),
    line1: t("fields.empty"),
    ...(country?.postal_code_required === true && { postal_code: t("fields.empty") }),
    ...(country?.region_required === true && { region: t("addresses.region_choose") }),
  };
  const missing = (field: keyof typeof entries) => {
    const entry = entries[field];
    return entry === false || (entry !== true && entry.trim() === "") ? missingText[field] : undefined;
  };
  const isComplete = () => FIELDS.every((field) => missing(field) === undefined);
  const errorOf = (field: keyof typeof entries) => (tried ? missing(field) : undefined) ?? form.errorOf(problem, field);
  const text = (field: "postal_code" | "city" | "line1" | "line2", autoComplete: string) => (
    <Input
      name={field}
      autoComplete={autoComplete}
      value={entries[field]}
      onChange={({ detail }) => form.put({ [field]: detail.value })}
    />
  );
  const example = country?.postal_code_example;
  const postalLabel =
    example === undefined ? t("addresses.postal_code") : t("addresses.postal_code_of", { code: example });
  return (
    <FormModal
      title={t(item === undefined ? "addresses.add" : "addresses.change")}
      submit={t("profile.update")}
      pending={save.isPending}
      problem={form.rest(problem)}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        form.send();
        if (isComplete()) save.mutate();
      }}
    >
      <FormField label={t("addresses.type")} errorText={errorOf("type")}>
        <Select
          options={TYPES.map((type) => ({ value: type, label: t(`address_types.${type}`) }))}
          selectedOption={{ value: entries.type, label: t(`address_types.${entries.type}`) }}
          onChange={({ detail }) =>
            form.put({ type: TYPES.find((each) => each === detail.selectedOption.value) ?? "company" })
          }
        />
      </FormField>
      {item === undefined && (
        <FormField errorText={errorOf("acknowledged")}>
          <Checkbox
            checked={entries.acknowledged}
            onChange={({ detail }) => form.put({ acknowledged: detail.checked })}
          >
            {t("addresses.acknowledge")}
          </Checkbox>
        </FormField>
      )}
      <CountryField
        value={entries.country}
        error={errorOf("country")}
        onChange={(code) => form.put({ country: code, region: "" })}
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
        onChange={(region) => form.put({ region })}
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
    </FormModal>
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
