// Where the person is signed in, and where that was done lately.
import Badge from "@cloudscape-design/components/badge";
import Button from "@cloudscape-design/components/button";
import { useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { endMyOtherSessions, endMySession, listMySessions, listMySignIns } from "../../api/calls";
import type { OwnSession, OwnSignIn } from "../../api/types";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { formatDateTime } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, OrDash, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { browserOf } from "./browser";

const SESSIONS: ListShape = { prefix: "sessions" };
const SIGN_INS: ListShape = { prefix: "sign_ins" };

function browserText(t: TFunction, agent: string): string {
  const { name = t("sessions.unknown_browser"), system } = browserOf(agent);
  return system === undefined ? name : t("sessions.browser_on", { browser: name, system });
}

type Dialog = { kind: "one"; session: OwnSession } | { kind: "others" };

export function OwnSessions() {
  const { t } = useTranslation();
  const language = useLanguage();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const done = (text: string) => {
    setDialog(null);
    flash({ type: "success", content: text });
    void queryClient.invalidateQueries({ queryKey: ["sessions"] });
  };
  const columns: Column<OwnSession>[] = [
    {
      id: "browser",
      header: t("sessions.browser"),
      isRowHeader: true,
      minWidth: 180,
      cell: (item) => (
        <>
          <span title={item.agent}>{browserText(t, item.agent)}</span>
          {item.is_current && (
            <div>
              <Badge color="green">{t("sessions.current")}</Badge>
            </div>
          )}
        </>
      ),
    },
    { id: "address", header: t("sessions.address"), minWidth: 130, cell: (item) => <OrDash>{item.address}</OrDash> },
    { id: "created_at", header: t("sessions.created_at"), cell: (item) => formatDateTime(language, item.created_at) },
    { id: "used_at", header: t("sessions.used_at"), cell: (item) => formatDateTime(language, item.used_at) },
    {
      id: "actions",
      header: t("common.actions"),
      minWidth: 110,
      // Whoever wants to leave this one signs out.
      cell: (item) =>
        item.is_current ? (
          <OrDash />
        ) : (
          <Button
            variant="inline-link"
            ariaLabel={t("sessions.end_of", {
              browser: browserText(t, item.agent),
              at: formatDateTime(language, item.created_at),
            })}
            onClick={() => setDialog({ kind: "one", session: item })}
          >
            {t("sessions.end")}
          </Button>
        ),
    },
  ];
  return (
    <>
      <ResourceTable
        id="sessions"
        title={t("sessions.title")}
        description={t("sessions.description")}
        shape={SESSIONS}
        columns={columns}
        queryKey={["sessions"]}
        fetchPage={listMySessions}
        trackBy={(item) => item.session_id}
        actions={<Button onClick={() => setDialog({ kind: "others" })}>{t("sessions.end_others")}</Button>}
        empty={<Empty title={t("sessions.none")} />}
      />
      {dialog?.kind === "one" && (
        <Confirm
          title={t("sessions.end_title")}
          confirm={t("sessions.end")}
          action={() => endMySession(dialog.session.session_id)}
          onClose={() => setDialog(null)}
          onDone={() => done(t("sessions.ended"))}
        >
          {t("sessions.end_text", { browser: browserText(t, dialog.session.agent) })}
        </Confirm>
      )}
      {dialog?.kind === "others" && (
        <Confirm
          title={t("sessions.end_others_title")}
          confirm={t("sessions.end_others")}
          action={endMyOtherSessions}
          onClose={() => setDialog(null)}
          onDone={() => done(t("sessions.others_ended"))}
        >
          {t("sessions.end_others_text")}
        </Confirm>
      )}
    </>
  );
}

export function OwnSignIns() {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns: Column<OwnSignIn>[] = [
    { id: "at", header: t("sign_ins.at"), isRowHeader: true, cell: (item) => formatDateTime(language, item.at) },
    {
      id: "browser",
      header: t("sessions.browser"),
      minWidth: 180,
      cell: (item) => <span title={item.agent}>{browserText(t, item.agent)}</span>,
    },
    { id: "address", header: t("sessions.address"), minWidth: 130, cell: (item) => <OrDash>{item.address}</OrDash> },
  ];
  return (
    <ResourceTable
      id="sign_ins"
      title={t("sign_ins.title")}
      description={t("sign_ins.description")}
      shape={SIGN_INS}
      columns={columns}
      queryKey={["sign_ins"]}
      fetchPage={listMySignIns}
      trackBy={(item) => item.session_id}
      empty={<Empty title={t("sign_ins.none")} />}
    />
  );
}
