// A form as a part of a page: Enter submits, the refusal of the server is shown above the fields.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ApiProblem } from "../api/problem";
import { ProblemAlert } from "./problem_alert";

interface FormCardProps {
  title?: string;
  submit: string;
  pending: boolean;
  problem: ApiProblem | null;
  children: ReactNode;
  onSubmit: () => void;
  onCancel?: () => void;
  // Reads anew what the form is about, which may have changed meanwhile.
  onStale?: () => void;
}

export function FormCard(props: FormCardProps) {
  const { title, submit, pending, problem, children, onSubmit, onCancel, onStale } = props;
  const { t } = useTranslation();
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) onSubmit();
      }}
    >
      <Container header={title && <Header variant="h2">{title}</Header>}>
        <Form
          variant="embedded"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {onCancel && (
                <Button variant="link" formAction="none" onClick={onCancel}>
                  {t("common.cancel")}
                </Button>
              )}
              <Button variant="primary" formAction="submit" loading={pending}>
                {submit}
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            {problem !== null && <ProblemAlert problem={problem} onRetry={onStale} />}
            {children}
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
