// How an enquiry stands, and what was written on it.
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useTranslation } from "react-i18next";
import type { EnquiryEntry, EnquiryStatus } from "../../api/types";
import { formatDateTime } from "../../ui/format";
import { Quoted } from "../../ui/quoted";
import { useLanguage } from "../../ui/use_language";

const STATUS: Record<EnquiryStatus, StatusIndicatorProps.Type> = {
  OPEN: "pending",
  ANSWERED: "success",
  CLOSED: "stopped",
};

export function EnquiryStatusText({ status }: { status: EnquiryStatus }) {
  const { t } = useTranslation();
  return <StatusIndicator type={STATUS[status]}>{t(`enquiry_status.${status}`)}</StatusIndicator>;
}

export function EnquiryHistory({ history }: { history: EnquiryEntry[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Container header={<Header variant="h2">{t("enquiries.history")}</Header>}>
      <SpaceBetween size="l">
        {history.map((entry) => (
          <div key={`${entry.created_at} ${entry.kind}`}>
            <Box variant="h3" fontSize="heading-s">
              {t(`enquiry_entries.${entry.kind}`)}
            </Box>
            <Box color="text-body-secondary">
              {entry.author ?? t("enquiries.by_support")} · {formatDateTime(language, entry.created_at)}
            </Box>

            {entry.text !== undefined && <Quoted text={entry.text} />}
          </div>
        ))}
      </SpaceBetween>
    </Container>
  );
}
