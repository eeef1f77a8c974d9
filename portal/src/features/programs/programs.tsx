// One's own programs: made, changed, given new secrets, ended.
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { endProgram, endProgramSecret, listMyPrograms, listSmartAccounts } from "../../api/calls";
import type { MadeProgram, Program, ProgramSecret } from "../../api/types";
import { Crumbs } from "../../app/crumbs";
import { PageFrame } from "../../app/page";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { formatDateTime } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, OrDash, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { ProgramForm } from "./program_form";
import { RotateForm, ShowSecret } from "./secret_dialogs";

const SHAPE: ListShape = { prefix: "programs" };
const PROGRAMS = ["programs"];

type Dialog =
  | { what: "make" }
  | { what: "change" | "rotate" | "end"; item: Program }
  | { what: "end_secret"; item: Program; secret: ProgramSecret }
  | { what: "show"; made: MadeProgram };

export function Programs() {
  const { t } = useTranslation();
  const language = useLanguage();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const accounts = useQuery({
    queryKey: ["smart_accounts", "for_programs"],
    queryFn: () => listSmartAccounts({ limit: 200 }),
  });
  const names = new Map(accounts.data?.items.map((each) => [each.smart_account_id, each.name]));
  const close = () => setDialog(null);
  const saved = (done: string, name: string, next: Dialog | null = null) => {
    void queryClient.invalidateQueries({ queryKey: PROGRAMS });
    flash({ type: "success", content: t(`programs.done.${done}`, { name }) });
    setDialog(next);
  };
  const columns: Column<Program>[] = [
    { id: "name", header: t("programs.name"), isRowHeader: true, minWidth: 160, cell: (item) => item.name },
    {
      id: "account",
      header: t("programs.account"),
      minWidth: 160,
      cell: ({ smart_account_id: id }) =>
        id === undefined ? t("programs.all_accounts") : <OrDash>{names.get(id)}</OrDash>,
    },
    {
      id: "rights",
      header: t("programs.rights"),
      minWidth: 120,
      cell: (item) => t(item.only_reads ? "programs.reads" : "programs.writes"),
    },
    {
      id: "secrets",
      header: t("programs.secrets"),
      minWidth: 170,
      cell: (item) => (
        <SpaceBetween size="xxs">
          {item.secrets.map((secret) => (
            <span key={secret.program_secret_id}>
              {`…${secret.last_characters} `}
              {secret.ends_at !== undefined &&
                `${t("programs.secret_ends", { at: formatDateTime(language, secret.ends_at) })} `}
              <Button
                variant="inline-link"
                ariaLabel={`${t("programs.end_secret")}: …${secret.last_characters}`}
                onClick={() => setDialog({ what: "end_secret", item, secret })}
              >
                {t("programs.end")}
              </Button>
            </span>
          ))}
        </SpaceBetween>
      ),
    },
    {
      id: "used_at",
      header: t("programs.used_at"),
      cell: (item) => (item.used_at === undefined ? t("programs.not_used") : formatDateTime(language, item.used_at)),
    },
    {
      id: "ends_at",
      header: t("programs.ends_at"),
      cell: (item) => (item.ends_at === undefined ? t("programs.never") : formatDateTime(language, item.ends_at)),
    },
    {
      id: "actions",
      header: t("common.actions"),
      minWidth: 200,
      cell: (item) => (
        <SpaceBetween direction="horizontal" size="s">
          {(["change", "rotate", "end"] as const).map((what) => (
            <Button
              key={what}
              variant="inline-link"
              ariaLabel={`${t(`programs.${what}`)}: ${item.name}`}
              onClick={() => setDialog({ what, item })}
            >
              {t(`programs.${what}`)}
            </Button>
          ))}
        </SpaceBetween>
      ),
    },
  ];
  return (
    <PageFrame
      title={t("programs.title")}
      crumbs={
        <Crumbs
          crumbs={[
            { text: t("security.title"), href: "/me/security" },
            { text: t("programs.title"), href: "/me/programs" },
          ]}
        />
      }
    >
      <ResourceTable
        id="programs"
        title={t("programs.title")}
        headingTag="h1"
        description={t("programs.description")}
        shape={SHAPE}
        columns={columns}
        queryKey={PROGRAMS}
        fetchPage={listMyPrograms}
        trackBy={(item) => item.program_id}
        actions={
          <Button variant="primary" onClick={() => setDialog({ what: "make" })}>
            {t("programs.make")}
          </Button>
        }
        empty={<Empty title={t("programs.none")} text={t("programs.none_text")} />}
      />
      {dialog?.what === "make" && (
        <ProgramForm
          accounts={accounts.data?.items ?? []}
          onMade={(made) => saved("made", made.program.name, { what: "show", made })}
          onClose={close}
        />
      )}
      {dialog?.what === "change" && (
        <ProgramForm
          item={dialog.item}
          accounts={[]}
          onChanged={(item) => saved("changed", item.name)}
          onClose={close}
        />
      )}
      {dialog?.what === "rotate" && (
        <RotateForm
          item={dialog.item}
          onMade={(made) => saved("rotated", made.program.name, { what: "show", made })}
          onClose={close}
        />
      )}
      {dialog?.what === "show" && <ShowSecret made={dialog.made} onClose={close} />}
      {dialog?.what === "end" && (
        <Confirm
          title={t("programs.end_title", { name: dialog.item.name })}
          confirm={t("programs.end")}
          action={() => endProgram(dialog.item.program_id)}
          onDone={() => saved("ended", dialog.item.name)}
          onClose={close}
        >
          {t("programs.end_text")}
        </Confirm>
      )}
      {dialog?.what === "end_secret" && (
        <Confirm
          title={t("programs.end_secret_title", { last: dialog.secret.last_characters })}
          confirm={t("programs.end_secret")}
          action={() => endProgramSecret(dialog.item.program_id, dialog.secret.program_secret_id)}
          onDone={() => saved("secret_ended", dialog.item.name)}
          onClose={close}
        >
          {t("programs.end_secret_text")}
        </Confirm>
      )}
    </PageFrame>
  );
}
