// Where the account's mails go beside its administrators. An address gets nothing before whoever reads it has agreed.
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  askNotificationAddress,
  listNotificationAddresses,
  removeNotificationAddress,
} from "../../api/notification_calls";
import type { NotificationAddress } from "../../api/types";
import { LANGUAGE_NAMES } from "../../i18n";
import { accountKey } from "../../live/keys";
import { Confirm } from "../../ui/confirm";
import { formatDate } from "../../ui/format";
import { useLanguage } from "../../ui/use_language";
import { WholeTable } from "../../ui/whole_table";
import { useDone } from "../properties/use_done";
import { AddressForm } from "./address_form";

type Dialog = { kind: "add" } | { kind: "ask" | "remove"; item: NotificationAddress };

export function NotificationsTab({ sa }: { sa: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const query = useQuery({
    queryKey: accountKey(sa, "notification_addresses"),
    queryFn: () => listNotificationAddresses(sa),
  });
  const done = useDone(sa);
  const close = () => setDialog(null);
  const saved = (text: string) => {
    close();
    done(text);
  };
  return (
    <>
      <WholeTable
        title={t("notifications.title")}
        description={t("notifications.text")}
        query={query}
        trackBy={(item) => item.notification_address_id}
        columns={[
          { id: "mail", header: t("notifications.mail"), isRowHeader: true, minWidth: 180, cell: (item) => item.mail },
          {
            id: "language",
            header: t("notifications.language"),
            minWidth: 120,
            cell: (item) => LANGUAGE_NAMES[item.language],
          },
          {
            id: "status",
            header: t("common.status"),
            minWidth: 160,
            cell: (item) =>
              item.confirmed_at === undefined ? (
                <StatusIndicator type="pending">{t("notifications.asked")}</StatusIndicator>
              ) : (
                <StatusIndicator>
                  {t("notifications.agreed", { date: formatDate(language, item.confirmed_at) })}
                </StatusIndicator>
              ),
          },
          {
            id: "actions",
            header: t("common.actions"),
            minWidth: 200,
            cell: (item) => (
              <SpaceBetween direction="horizontal" size="xs">
                {(["ask", "remove"] as const)
                  .filter((kind) => kind === "remove" || item.confirmed_at === undefined)
                  .map((kind) => (
                    <Button
                      key={kind}
                      variant="inline-link"
                      ariaLabel={`${t(`notifications.${kind}`)}: ${item.mail}`}
                      onClick={() => setDialog({ kind, item })}
                    >
                      {t(`notifications.${kind}`)}
                    </Button>
                  ))}
              </SpaceBetween>
            ),
          },
        ]}
        actions={
          <Button variant="primary" onClick={() => setDialog({ kind: "add" })}>
            {t("notifications.add")}
          </Button>
        }
        none={{ title: t("notifications.none"), text: t("notifications.none_text") }}
      />
      {dialog?.kind === "add" && (
        <AddressForm sa={sa} onSaved={({ mail }) => saved(t("notifications.added", { mail }))} onClose={close} />
      )}
      {dialog?.kind === "ask" && (
        <Confirm
          title={t("notifications.ask_title")}
          confirm={t("notifications.ask")}
          action={() => askNotificationAddress(sa, dialog.item.notification_address_id)}
          onClose={close}
          onDone={() => saved(t("notifications.added", { mail: dialog.item.mail }))}
        >
          {t("notifications.ask_text", { mail: dialog.item.mail })}
        </Confirm>
      )}
      {dialog?.kind === "remove" && (
        <Confirm
          title={t("notifications.remove_title")}
          confirm={t("notifications.remove")}
          action={() => removeNotificationAddress(sa, dialog.item.notification_address_id)}
          onClose={close}
          onDone={() => saved(t("notifications.removed", { mail: dialog.item.mail }))}
        >
          {t("notifications.remove_text", { mail: dialog.item.mail })}
        </Confirm>
      )}
    </>
  );
}
