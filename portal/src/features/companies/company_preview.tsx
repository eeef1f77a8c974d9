// What a file of companies would change, and the button that changes it.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import type { CompaniesFilePreview } from "../../api/types";
import { FilePreview } from "../../ui/file_preview";
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

interface CompanyPreviewProps {
  preview: CompaniesFilePreview;
  pending: boolean;
  error: Error | null;
  onTake: () => void;
}

export function CompanyPreview({ preview, pending, error, onTake }: CompanyPreviewProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const number = (count: number) => ({ count, formatted: formatNumber(language, count) });
  const faulty = preview.faults.length + preview.more_faults;
  const total = preview.added + preview.changed + preview.removed;
  const counts = { ...preview, faulty };
  const listed = faulty > 0 ? preview.faults.length : preview.companies.length;
  return (
    <FilePreview
      action={
        <Button variant="primary" disabled={faulty > 0 || total === 0} loading={pending} onClick={onTake}>
          {t("company_file.take", number(total))}
        </Button>
      }
      counts={COUNTS.filter((name) => counts[name] > 0).map((name) =>
        t("company_file.count", { what: t(`company_file.counts.${name}`), ...number(counts[name]) }),
      )}
      isFaulty={faulty > 0}
      isEmpty={total === 0}
    >
      {error !== null && <ProblemAlert problem={asProblem(error)} />}
      {faulty > 0 && <Faults faults={preview.faults} />}
      {total > 0 && <Changes companies={preview.companies} />}
      {listed < faulty + total && <Box color="text-body-secondary">{t("company_file.first_only", number(listed))}</Box>}
    </FilePreview>
  );
}

function Faults({ faults }: { faults: Fault[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Table
      variant="embedded"
      ariaLabels={{ tableLabel: t("text_file.faulty_title") }}
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
