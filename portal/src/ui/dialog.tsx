// A dialog with one thing to do, and a way out; or with something to read.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface DialogProps {
  title: string;
  // The button that does it.
  action?: ReactNode;
  // For something longer to read.
  size?: "large";
  children: ReactNode;
  onClose: () => void;
}

export function Dialog({ title, action, size, children, onClose }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      visible
      size={size}
      header={title}
      closeAriaLabel={t("common.close")}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {t(action === undefined ? "common.close" : "common.cancel")}
            </Button>
            {action}
          </SpaceBetween>
        </Box>
      }
    >
      {children}
    </Modal>
  );
}
