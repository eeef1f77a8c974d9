// A page that could not be shown, and why.
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { ProblemAlert } from "../ui/problem_alert";
import { PageFrame } from "./page";

export function ProblemPage({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <MessagePage title={t("errors.no_page")}>
      <ProblemAlert problem={asProblem(error)} onRetry={onRetry} />
    </MessagePage>
  );
}

export function MessagePage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <PageFrame title={title} narrow>
      <SpaceBetween size="l">
        <Header variant="h1">{title}</Header>
        {children}
      </SpaceBetween>
    </PageFrame>
  );
}
