// What a file would do, before it does it: how many lines do what, or what is to be mended before it may.
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface FilePreviewProps {
  // The button that does it.
  action: ReactNode;
  counts: string[];
  isFaulty: boolean;
  // All of it is so already.
  isEmpty: boolean;
  children: ReactNode;
}

export function FilePreview({ action, counts, isFaulty, isEmpty, children }: FilePreviewProps) {
  const { t } = useTranslation();
  return (
    <Container
      header={
        <Header variant="h2" actions={action}>
          {t("text_file.preview")}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <ul className="menkyo-checklist">
          {counts.map((count) => (
            <li key={count}>{count}</li>
          ))}
        </ul>
        {isFaulty && (
          <Alert type="error" statusIconAriaLabel={t("common.error")} header={t("text_file.faulty_title")}>
            {t("text_file.faulty_text")}
          </Alert>
        )}
        {!isFaulty && isEmpty && (
          <Alert type="info" statusIconAriaLabel={t("common.info")}>
            {t("text_file.nothing_to_do")}
          </Alert>
        )}
        {children}
      </SpaceBetween>
    </Container>
  );
}
