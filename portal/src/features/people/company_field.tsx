// The company's name, with what the operator's directory has while it is typed. Who finds nothing there just goes on.
import Autosuggest, { type AutosuggestProps } from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";
import { useQuery } from "@tanstack/react-query";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { findCompanies } from "../../api/calls";
import type { ListedCompany } from "../../api/types";
import { useSettled } from "../../ui/use_settled";
import { addressText } from "./address_text";

const PAUSE_MS = 250;
// The server looks nothing up for less, and refuses longer names.
const LEAST = 2;
const MOST = 200;

interface CompanyFieldProps {
  ref: Ref<AutosuggestProps.Ref>;
  value: string;
  error: string | undefined;
  onChange: (name: string) => void;
  onPick: (company: ListedCompany) => void;
}

export function CompanyField({ ref, value, error, onChange, onPick }: CompanyFieldProps) {
  const { t } = useTranslation();
  const search = useSettled(value.trim(), PAUSE_MS);
  const isLong = search.length >= LEAST && search.length <= MOST;
  const companies = useQuery({
    queryKey: ["companies", search],
    queryFn: () => findCompanies(search),
    enabled: isLong,
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
  const found = isLong ? (companies.data?.items ?? []) : [];
  return (
    <FormField label={t("profile.company_name")} description={t("profile.company_name_help")} errorText={error}>
      <Autosuggest
        ref={ref}
        name="company_name"
        value={value}
        onChange={({ detail }) => onChange(detail.value)}
        onSelect={({ detail }) => {
          const address = detail.selectedOption?.tags?.[0];
          const company = found.find((each) => each.name === detail.value && addressText(each) === address);
          if (company !== undefined) onPick(company);
        }}
        options={found.map((company) => ({
          value: company.name,
          description: company.native_name,
          // One company may be listed at several addresses.
          tags: [addressText(company)],
        }))}
        filteringType="manual"
        enteredTextLabel={(text) => t("profile.company_typed", { text })}
        ariaLabel={t("profile.company_name")}
        statusType={isLong && companies.isFetching ? "loading" : companies.isError ? "error" : "finished"}
        loadingText={t("common.loading")}
        errorText={t("profile.company_failed")}
        recoveryText={t("common.retry")}
        onLoadItems={() => companies.isError && companies.refetch()}
        empty={t("profile.company_none")}
      />
    </FormField>
  );
}
