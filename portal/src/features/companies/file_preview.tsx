// What a file of companies would change, and the button that changes it.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import type { CompaniesFilePreview } from "../../api/types";
import { formatNumber } from "../../ui/format";
import { ProblemAlert } from "../../ui/problem_alert";
import { OrDash } from "../../ui/resource_table";
import { useLanguage } from "../../ui/use_language";

const COUNTS = ["faulty", "added", "changed", "removed", "unchanged"] as const;
const LOOKS: Record<Previewed["effect"], StatusIndicatorProps.Type> = {
  added: "success",
  changed: "info",
  removed: "warning",
};

type Previewed = CompaniesFilePreview["companies"][number];
type Fault = CompaniesFilePreview["faults"][number];

interface FilePreviewProps {
  preview: CompaniesFilePreview;
  pending: boolean;
  error: Error | null;
  onTake: () => void;
}

export function FilePreview({ preview, pending, error, onTake }: FilePreviewProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const number = (count: number) => ({ count, formatted: formatNumber(language, count) });
  const faulty = preview.faults.length + preview.more_faults;
  const total = preview.added + preview.changed + preview.removed;
  // What a file would change is known when nothing in it is at fault.
  const counts = { ...preview, faulty };
  const told = COUNTS.filter((name) => counts[name] > 0 && (faulty === 0 || name === "faulty"));
  const listed = faulty > 0 ? preview.faults.length : preview.companies.length;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button variant="primary" disabled={faulty > 0 || total === 0} loading={pending} onClick={onTake}>
              {t("company_file.take", number(total))}
            </Button>
          }
        >
          {t("text_file.preview")}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {error !== null && <ProblemAlert problem={asProblem(error)} />}
        <ul className="menkyo-checklist">
          {told.map((name) => (
            <li key={name}>
              {t("company_file.count", { what: t(`company_file.counts.${name}`), ...number(counts[name]) })}
            </li>
          ))}
        </ul>
        {faulty > 0 && (
          <Alert type="error" statusIconAriaLabel={t("common.error")} header={t("company_file.faulty_title")}>
            {t("company_file.faulty_text")}
          </Alert>
        )}
        {faulty === 0 && total === 0 && (
          <Alert type="info" statusIconAriaLabel={t("common.info")}>
            {t("company_file.nothing_to_do")}
          </Alert>
        )}
        {faulty > 0 && <Faults faults={preview.faults} />}
        {faulty === 0 && total > 0 && <Changes companies={preview.companies} />}
        {listed < (faulty > 0 ? faulty : total) && (
          <Box color="text-body-secondary">{t("company_file.first_only", number(listed))}</Box>
        )}
      </SpaceBetween>
    </Container>
  );
}

function Faults({ faults }: { faults: Fault[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Table
      variant="embedded"
      ariaLabels={{ tableLabel: t("company_file.faulty_title") }}
      items={faults}
      trackBy={(fault) => `${fault.line} ${fault.column} ${fault.code}`}
      wrapLines
      columnDefinitions={[
        {
          id: "line",
          header: t("text_file.line"),
          isRowHeader: true,
          minWidth: 60,
          cell: (fault) => formatNumber(language, fault.line),
        },
        { id: "fault", header: t("company_file.fault"), minWidth: 220, cell: (fault) => faultText(t, fault) },
      ]}
    />
  );
}

function Changes({ companies }: { companies: Previewed[] }) {
  const { t } = useTranslation();
  return (
    <Table
      variant="embedded"
      ariaLabels={{ tableLabel: t("text_file.preview") }}
      items={companies}
      trackBy={(company) => company.code}
      wrapLines
      columnDefinitions={[
        {
          id: "code",
          header: t("companies.code"),
          isRowHeader: true,
          minWidth: 110,
          cell: (company) => company.code,
        },
        {
          id: "name",
          header: t("companies.name"),
          minWidth: 200,
          cell: (company) => <OrDash>{company.name}</OrDash>,
        },
        {
          id: "effect",
          header: t("company_file.effect"),
          minWidth: 180,
          cell: (company) => (
            <>
              <StatusIndicator type={LOOKS[company.effect]}>
                {t(`company_file.counts.${company.effect}`)}
              </StatusIndicator>
              {company.kept_code !== undefined && company.effect === "changed" && (
                <Box variant="small" display="block" color="text-body-secondary">
                  {t("company_file.stays_merged", { code: company.kept_code })}
                </Box>
              )}
            </>
          ),
        },
      ]}
    />
  );
}

// The server's own sentence when its code has no translation.
function faultText(t: TFunction, fault: Fault): string {
  const values = { column: fault.column, defaultValue: "" };
  const known = t(`company_file.faults.${fault.code}`, values) || t(`text_file.faults.${fault.code}`, values);
  return known === "" ? `${fault.column}: ${fault.detail}` : known;
}
