import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { getCatalogSummary, listCatalogEntitlements, listCatalogProducts } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { CatalogEntitlement, CatalogProduct } from "../../api/types";
import { formatDateTime, formatNumber, localName } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { ProblemAlert } from "../../ui/problem_alert";
import { type Column, OrDash, ResourceTable } from "../../ui/resource_table";
import { Empty, PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";

// Two lists share this page, so each keeps its state under a name of its own.
const ENTITLEMENTS: ListShape = { prefix: "entitlements" };
const PRODUCTS: ListShape = { prefix: "products" };

export function CatalogTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const yesNo = (value: boolean) => t(value ? "common.yes" : "common.no");
  const codes = (list: string[]) => <OrDash>{list.join(t("common.list_separator"))}</OrDash>;
  const name = (item: CatalogEntitlement | CatalogProduct) => (
    <>
      {localName(language, item)}
      <Box variant="small" display="block" color="text-body-secondary">
        {item.code}
      </Box>
    </>
  );
  const entitlements: Column<CatalogEntitlement>[] = [
    { id: "name", header: t("operator.entitlement"), isRowHeader: true, minWidth: 200, cell: name },
    { id: "family", header: t("licenses.family"), cell: (item) => item.family_code },
    { id: "enforced", header: t("licenses.enforced"), cell: (item) => yesNo(item.enforced) },
    { id: "export", header: t("licenses.export_controlled"), cell: (item) => yesNo(item.export_controlled) },
    {
      id: "types",
      header: t("licenses.types"),
      cell: (item) => item.license_types.map((type) => t(`license_types.${type}`)).join(t("common.list_separator")),
    },
    { id: "lenders", header: t("operator.lenders"), cell: (item) => codes(item.lender_codes) },
    {
      id: "borrowers",
      header: t("operator.borrowers"),
      hiddenAtFirst: true,
      cell: (item) => codes(item.borrower_codes),
    },
    { id: "tag", header: t("operator.tag"), hiddenAtFirst: true, cell: (item) => item.tag },
  ];
  const products: Column<CatalogProduct>[] = [
    { id: "name", header: t("devices.product"), isRowHeader: true, minWidth: 200, cell: name },
    { id: "family", header: t("licenses.family"), cell: (item) => item.family_code },
    { id: "entitlements", header: t("operator.entitlements"), cell: (item) => codes(item.entitlement_codes) },
  ];
  const empty = <Empty title={t("operator.catalog_empty")} text={t("operator.catalog_empty_text")} />;
  return (
    <SpaceBetween size="l">
      <Summary />
      <ResourceTable
        id="catalog_entitlements"
        title={t("operator.entitlements")}
        shape={ENTITLEMENTS}
        columns={entitlements}
        queryKey={["operator", "entitlements"]}
        fetchPage={listCatalogEntitlements}
        trackBy={(item) => item.entitlement_id}
        searchLabel={t("licenses.search")}
        empty={empty}
      />
      <ResourceTable
        id="catalog_products"
        title={t("operator.products")}
        shape={PRODUCTS}
        columns={products}
        queryKey={["operator", "products"]}
        fetchPage={listCatalogProducts}
        trackBy={(item) => item.code}
        searchLabel={t("operator.search_products")}
        empty={empty}
      />
    </SpaceBetween>
  );
}

function Summary() {
  const { t } = useTranslation();
  const language = useLanguage();
  const query = useQuery({ queryKey: ["operator", "summary"], queryFn: getCatalogSummary });
  return (
    <Container header={<Header variant="h2">{t("operator.catalog")}</Header>}>
      {query.isPending && <PageLoading />}
      {query.isError && <ProblemAlert problem={asProblem(query.error)} onRetry={() => query.refetch()} />}
      {query.isSuccess && (
        <KeyValuePairs
          columns={4}
          items={[
            {
              label: t("operator.version"),
              // Without a date no catalogue was imported yet.
              value: query.data.effective_at
                ? t("operator.version_since", {
                    formatted: formatNumber(language, query.data.version),
                    date: formatDateTime(language, query.data.effective_at),
                  })
                : t("operator.catalog_empty"),
            },
            { label: t("operator.families"), value: formatNumber(language, query.data.families) },
            { label: t("operator.products"), value: formatNumber(language, query.data.products) },
            { label: t("operator.entitlements"), value: formatNumber(language, query.data.entitlements) },
          ]}
        />
      )}
    </Container>
  );
}
