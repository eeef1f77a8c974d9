// What one asked for oneself, and the way to take it back.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Confirm } from "../../ui/confirm";

// Somebody else decides, at any moment.
export const LOOK_AGAIN_MS = 15_000;

interface WithdrawableProps {
  title: string;
  isOpen: boolean;
  // Asks before the request is withdrawn.
  question: string;
  // Of all queries that show such requests.
  queryKey: readonly string[];
  withdraw: () => Promise<unknown>;
  children: ReactNode;
}

export function Withdrawable({ title, isOpen, question, queryKey, withdraw, children }: WithdrawableProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={isOpen && <Button onClick={() => setAsking(true)}>{t("account_requests.withdraw")}</Button>}
        >
          {title}
        </Header>
      }
    >
      {children}
      {asking && (
        <Confirm
          title={t("account_requests.withdraw_title")}
          confirm={t("account_requests.withdraw")}
          action={withdraw}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            void queryClient.invalidateQueries({ queryKey });
          }}
        >
          {question}
        </Confirm>
      )}
    </Container>
  );
}
