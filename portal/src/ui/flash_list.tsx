import Flashbar from "@cloudscape-design/components/flashbar";
import { useTranslation } from "react-i18next";
import type { Flash } from "./flash";

interface FlashListProps {
  flashes: (Flash & { id: string })[];
  onDismiss: (id: string) => void;
}

export function FlashList({ flashes, onDismiss }: FlashListProps) {
  const { t } = useTranslation();
  return (
    <Flashbar
      items={flashes.map((flash) => ({
        ...flash,
        dismissible: true,
        dismissLabel: t("common.dismiss"),
        onDismiss: () => onDismiss(flash.id),
      }))}
    />
  );
}
