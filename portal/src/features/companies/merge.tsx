// Makes several records of the directory one: which of them is kept?

import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { idempotencyKeys } from "../../api/client";
import { mergeCompanies } from "../../api/company_calls";
import type { CompanyMerger, DirectoryCompany } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { useRefusal } from "../../ui/problem_alert";
import { useLanguage } from "../../ui/use_language";
import { addressText } from "../people/address_text";
import { companyName } from "./company_text";

interface MergeProps {
  companies: DirectoryCompany[];
  onMerged: (kept: DirectoryCompany) => void;
  onClose: () => void;
}

export function Merge({ companies, onMerged, onClose }: MergeProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [kept, setKept] = useState(companies[0]?.code ?? "");
  const [keys] = useState(idempotencyKeys);
  const merge = useMutation({
    mutationFn: (body: CompanyMerger) => mergeCompanies(body, keys.keyFor(body)),
    onSuccess: onMerged,
  });
  const { problem, errorOf } = useRefusal(merge);
  return (
    <FormModal
      title={t("companies.merge_title")}
      submit={t("companies.merge")}
      pending={merge.isPending}
      problem={problem}
      onSubmit={() =>
        merge.mutate({
          kept_code: kept,
          merged_codes: companies.map((company) => company.code).filter((code) => code !== kept),
        })
      }
      onClose={onClose}
    >
      <FormField
        label={t("companies.keep")}
        description={t("companies.merge_text")}
        errorText={
          errorOf("kept_code") ??
          errorOf("merged_codes") ??
          companies.map((_, index) => errorOf(`merged_codes/${index}`)).find((text) => text !== undefined)
        }
      >
        <RadioGroup
          value={kept}
          items={companies.map((company) => ({
            value: company.code,
            label: `${companyName(language, company)} (${company.code})`,
            description: addressText(company),
          }))}
          onChange={({ detail }) => setKept(detail.value)}
        />
      </FormField>
    </FormModal>
  );
}
