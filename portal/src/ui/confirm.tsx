// Asks before something that cannot be taken back, and stays open with the reason when the server refuses.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { ProblemAlert } from "./problem_alert";

interface ConfirmProps {
  title: string;
  confirm: string;
  children: ReactNode;
  action: () => Promise<unknown>;
  onDone: () => void;
  onClose: () => void;
}

export function Confirm({ title, confirm, children, action, onDone, onClose }: ConfirmProps) {
  const { t } = useTranslation();
  const mutation = useMutation({ mutationFn: action, onSuccess: onDone });
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel={t("common.close")}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button variant="primary" loading={mutation.isPending} onClick={() => mutation.mutate()}>
              {confirm}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {mutation.isError && <ProblemAlert problem={asProblem(mutation.error)} />}
        <div>{children}</div>
      </SpaceBetween>
    </Modal>
  );
}
