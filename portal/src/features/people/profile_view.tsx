// A part of the profile as it is told, with the way to change it.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

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
