// The two faces of a part of the profile: what is told, and the form to change it.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ApiProblem } from "../../api/problem";
import { ProblemAlert } from "../../ui/problem_alert";

interface ProfileViewProps {
  title: string;
  onEdit: () => void;
  pairs: { label: string; value: ReactNode; info?: ReactNode }[];
}

export function ProfileView({ title, onEdit, pairs }: ProfileViewProps) {
  const { t } = useTranslation();
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button onClick={onEdit} ariaLabel={t("profile.edit_of", { title })}>
              {t("profile.edit")}
            </Button>
          }
        >
          {title}
        </Header>
      }
    >
      <KeyValuePairs
        columns={2}
        items={pairs.map((pair) => ({ ...pair, value: pair.value === undefined ? "–" : pair.value }))}
      />
    </Container>
  );
}

interface ProfileFormProps {
  title: string;
  pending: boolean;
  // Shown above the fields; absent where a field says it.
  problem: ApiProblem | null;
  children: ReactNode;
  onSubmit: () => void;
  onCancel: () => void;
}

export function ProfileForm({ title, pending, problem, children, onSubmit, onCancel }: ProfileFormProps) {
  const { t } = useTranslation();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) onSubmit();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Container header={<Header variant="h2">{title}</Header>}>
        <Form
          variant="embedded"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" onClick={onCancel}>
                {t("common.cancel")}
              </Button>
              <Button variant="primary" loading={pending} formAction="submit">
                {t("profile.update")}
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            {problem !== null && <ProblemAlert problem={problem} />}
            {children}
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}

export function OptionalLabel({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <>
      {children} <i>– {t("common.optional")}</i>
    </>
  );
}
