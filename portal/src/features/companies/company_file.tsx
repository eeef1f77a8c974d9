// "Import a file of companies": a table, chosen or pasted, seen before it changes anything. A job writes it.

import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { idempotencyKeys } from "../../api/client";
import { importCompaniesFile, previewCompaniesFile } from "../../api/company_calls";
import type { CompaniesFile } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { useFlash } from "../../ui/flash";
import { formatNumber } from "../../ui/format";
import { type FileText, Template, TextFile } from "../../ui/text_file";
import { useLanguage } from "../../ui/use_language";
import { CompanyPreview } from "./company_preview";

const COLUMNS = [
  "code",
  "name",
  "native_name",
  "country",
  "postal_code",
  "region",
  "city",
  "line1",
  "line2",
  "domain",
  "removed",
] as const;
// What the server takes at once (companies::most_file_characters).
const MOST_CHARACTERS = 300_000;
// And of the name of a file.
const MOST_OF_NAME = 200;

export function CompanyFile() {
  const { t } = useTranslation();
  const language = useLanguage();
  const navigate = useNavigate();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [keys] = useState(idempotencyKeys);
  const preview = useMutation({ mutationFn: ({ text }: FileText) => previewCompaniesFile({ text }) });
  const take = useMutation({
    mutationFn: (body: CompaniesFile) => importCompaniesFile(body, keys.keyFor(body)),
    onSuccess: ({ taken }) => {
      flash({
        type: "success",
        content: t("company_file.begun", { count: taken, formatted: formatNumber(language, taken) }),
      });
      void queryClient.invalidateQueries({ queryKey: ["operator"] });
      navigate("/operator?tab=jobs");
    },
  });
  return (
    <InnerPage
      title={t("company_file.title")}
      description={t("company_file.description")}
      way={[
        { text: t("operator.title"), href: "/operator" },
        { text: t("companies.title"), href: "/operator?tab=companies" },
      ]}
    >
      <SpaceBetween size="l">
        <TextFile
          description={t("company_file.choose_text", { formatted: formatNumber(language, MOST_CHARACTERS) })}
          mostCharacters={MOST_CHARACTERS}
          preview={preview}
          actions={
            <Template name={t("company_file.template_name")} columns={[...COLUMNS]}>
              {t("company_file.template")}
            </Template>
          }
          footer={<Help />}
        />
        {preview.data !== undefined && (
          <CompanyPreview
            key={preview.submittedAt}
            preview={preview.data}
            pending={take.isPending}
            error={take.error}
            onTake={() =>
              take.mutate({
                text: preview.variables.text,
                source: (preview.variables.name ?? t("company_file.pasted")).slice(0, MOST_OF_NAME),
              })
            }
          />
        )}
      </SpaceBetween>
    </InnerPage>
  );
}

function Help() {
  const { t } = useTranslation();
  return (
    <ExpandableSection headerText={t("company_file.help")}>
      <Box variant="p">{t("company_file.help_text")}</Box>
      <dl>
        {COLUMNS.map((name) => (
          <div key={name}>
            <dt>
              <Box variant="code">{name}</Box>
            </dt>
            <dd>{t(`company_file.columns.${name}`)}</dd>
          </div>
        ))}
      </dl>
    </ExpandableSection>
  );
}
