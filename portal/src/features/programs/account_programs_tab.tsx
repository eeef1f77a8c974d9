// The programs for one Smart Account, for those who administer it.
import Button from "@cloudscape-design/components/button";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { endAccountProgram, listAccountPrograms } from "../../api/calls";
import type { AccountProgram } from "../../api/types";
import { accountKey } from "../../live/keys";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { calledName, formatDateTime } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";

const SHAPE: ListShape = { prefix: "programs" };

export function AccountProgramsTab({ sa }: { sa: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [ending, setEnding] = useState<AccountProgram | null>(null);
  const columns: Column<AccountProgram>[] = [
    { id: "name", header: t("programs.name"), isRowHeader: true, minWidth: 160, cell: (item) => item.name },
    { id: "maker", header: t("programs.maker"), minWidth: 150, cell: (item) => calledName(language, item.maker) },
    {
      id: "rights",
      header: t("programs.rights"),
      minWidth: 120,
      cell: (item) => t(item.only_reads ? "programs.reads" : "programs.writes"),
    },
    { id: "made_at", header: t("programs.made_at"), cell: (item) => formatDateTime(language, item.created_at) },
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
      cell: (item) => (
        <Button variant="inline-link" ariaLabel={`${t("programs.end")}: ${item.name}`} onClick={() => setEnding(item)}>
          {t("programs.end")}
        </Button>
      ),
    },
  ];
  return (
    <>
      <ResourceTable
        id="account_programs"
        title={t("programs.title")}
        description={t("programs.account_description")}
        shape={SHAPE}
        columns={columns}
        queryKey={accountKey(sa, "programs")}
        fetchPage={(query) => listAccountPrograms(sa, query)}
        trackBy={(item) => item.program_id}
        empty={<Empty title={t("programs.none")} text={t("programs.none_account_text")} />}
      />
      {ending !== null && (
        <Confirm
          title={t("programs.end_title", { name: ending.name })}
          confirm={t("programs.end")}
          action={() => endAccountProgram(sa, ending.program_id)}
          onDone={() => {
            void queryClient.invalidateQueries({ queryKey: accountKey(sa, "programs") });
            flash({ type: "success", content: t("programs.done.ended", { name: ending.name }) });
            setEnding(null);
          }}
          onClose={() => setEnding(null)}
        >
          {t("programs.end_text")}
        </Confirm>
      )}
    </>
  );
}
