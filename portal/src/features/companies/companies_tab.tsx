// The operator's directory of companies: looked through, filled from files, and cleaned of records that mean the same.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { listDirectory, splitCompany } from "../../api/company_calls";
import type { DirectoryCompany, MergedCompany } from "../../api/types";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { formatNumber } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, OrDash, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { addressText } from "../people/address_text";
import { companyName } from "./company_text";
import { Merge } from "./merge";

const SHAPE: ListShape = { prefix: "companies", filters: { filter: "all" } };

type Dialog = { kind: "merge" } | { kind: "split"; merged: MergedCompany; kept: DirectoryCompany };

export function CompaniesTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const flash = useFlash();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [chosen, setChosen] = useState<DirectoryCompany[]>([]);
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const columns = useColumns((merged, kept) => setDialog({ kind: "split", merged, kept }));
  const close = () => setDialog(null);
  const done = (text: string) => {
    close();
    setChosen([]);
    flash({ type: "success", content: text });
    void queryClient.invalidateQueries({ queryKey: ["operator", "companies"] });
  };
  const count = { count: chosen.length, formatted: formatNumber(language, chosen.length) };
  const words = (company: MergedCompany | DirectoryCompany) => ({
    name: companyName(language, company),
    code: company.code,
  });
  return (
    <>
      <ResourceTable
        id="companies"
        title={t("companies.title")}
        description={t("companies.text")}
        shape={SHAPE}
        columns={columns}
        queryKey={["operator", "companies"]}
        fetchPage={listDirectory}
        trackBy={(company) => company.code}
        searchLabel={t("companies.search")}
        filters={[
          {
            name: "filter",
            label: t("companies.show"),
            options: (["all", "twins"] as const).map((value) => ({ value, label: t(`companies.filter.${value}`) })),
          },
        ]}
        selection={{
          items: chosen,
          onChange: setChosen,
          labels: {
            group: t("companies.selected"),
            all: t("companies.select_all"),
            item: (company) => t("companies.select", words(company)),
          },
        }}
        actions={
          <>
            {chosen.length > 0 && <Button onClick={() => setChosen([])}>{t("companies.clear")}</Button>}
            <Button disabled={chosen.length < 2} onClick={() => setDialog({ kind: "merge" })}>
              {chosen.length < 2 ? t("companies.merge") : t("companies.merge_count", count)}
            </Button>
            <Button variant="primary" onClick={() => navigate("/operator/companies/file")}>
              {t("companies.import")}
            </Button>
          </>
        }
        empty={<Empty title={t("companies.none")} text={t("companies.none_text")} />}
      />
      {dialog?.kind === "merge" && (
        <Merge
          companies={chosen}
          onClose={close}
          onMerged={(kept) =>
            done(
              t("companies.merged", {
                count: chosen.length - 1,
                formatted: formatNumber(language, chosen.length - 1),
                kept: companyName(language, kept),
              }),
            )
          }
        />
      )}
      {dialog?.kind === "split" && (
        <Confirm
          title={t("companies.split_title")}
          confirm={t("companies.split")}
          action={() => splitCompany({ code: dialog.merged.code })}
          onClose={close}
          onDone={() => done(t("companies.was_split", words(dialog.merged)))}
        >
          {t("companies.split_text", { ...words(dialog.merged), kept: companyName(language, dialog.kept) })}
        </Confirm>
      )}
    </>
  );
}

function useColumns(split: (merged: MergedCompany, kept: DirectoryCompany) => void): Column<DirectoryCompany>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  return [
    {
      id: "name",
      header: t("companies.name"),
      isRowHeader: true,
      minWidth: 200,
      cell: (company) => (
        <>
          {companyName(language, company)}
          {company.native_name !== undefined && (
            <Box variant="small" display="block" color="text-body-secondary">
              {language === "ja" ? company.name : company.native_name}
            </Box>
          )}
        </>
      ),
    },
    { id: "code", header: t("companies.code"), minWidth: 110, cell: (company) => company.code },
    { id: "address", header: t("companies.address"), minWidth: 220, cell: addressText },
    {
      id: "domain",
      header: t("companies.domain"),
      minWidth: 130,
      cell: (company) => <OrDash>{company.domain}</OrDash>,
    },
    {
      id: "state",
      header: t("companies.state"),
      minWidth: 220,
      cell: (company) =>
        !company.has_twin && company.merged.length === 0 ? (
          <OrDash />
        ) : (
          <SpaceBetween size="xxs">
            {company.has_twin && <StatusIndicator type="warning">{t("companies.twin")}</StatusIndicator>}
            {company.merged.length > 0 && (
              <div>
                <Box variant="small" display="block" color="text-body-secondary">
                  {t("companies.stands_for")}
                </Box>
                {company.merged.map((merged) => (
                  <div key={merged.code}>
                    {`${companyName(language, merged)} (${merged.code}) `}
                    <Button
                      variant="inline-link"
                      ariaLabel={t("companies.split_of", { code: merged.code, kept: company.code })}
                      onClick={() => split(merged, company)}
                    >
                      {t("companies.split")}
                    </Button>
                  </div>
                ))}
              </div>
            )}
          </SpaceBetween>
        ),
    },
  ];
}
