// The users of an account that one of the staff helps.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { endAssistedGrant, listAssistedUsers, nameAssistedAdministrator } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import type { AccountUser, RoleGrant } from "../../api/types";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { FormModal } from "../../ui/form_modal";
import { formatDate, formatName } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { useRefusal } from "../../ui/problem_alert";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";

const SHAPE: ListShape = {};

type Dialog = { kind: "name" } | { kind: "end"; user: AccountUser; grant: RoleGrant };

export function AssistedUsers({ sa }: { sa: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const called = (user: AccountUser) => (user.family_name === "" ? user.mail : formatName(language, user));
  const roleOf = (grant: RoleGrant) => {
    const role = t(`roles.${grant.role}`);
    return grant.virtual_account_id === undefined ? role : t("assistance.virtual_account", { role });
  };
  const close = () => setDialog(null);
  const done = (text: string) => {
    close();
    flash({ type: "success", content: text });
    void queryClient.invalidateQueries({ queryKey: ["operator", "assisted_users", sa] });
  };
  const columns: Column<AccountUser>[] = [
    {
      id: "name",
      header: t("users.name"),
      isRowHeader: true,
      minWidth: 170,
      cell: (user) => (
        <>
          {called(user)}
          {called(user) !== user.mail && (
            <Box variant="small" display="block" color="text-body-secondary">
              {user.mail}
            </Box>
          )}
        </>
      ),
    },
    {
      id: "grants",
      header: t("users.roles"),
      minWidth: 300,
      cell: (user) => (
        <ul className="menkyo-checklist">
          {user.grants.map((grant) => (
            <li key={grant.role_grant_id}>
              {roleOf(grant)}
              {grant.ends_at !== undefined && ` ${t("users.until", { date: formatDate(language, grant.ends_at) })}`}{" "}
              {grant.group_name === undefined && (
                <Button
                  variant="inline-link"
                  ariaLabel={t("assistance.end_role_of", { role: roleOf(grant), name: called(user) })}
                  onClick={() => setDialog({ kind: "end", user, grant })}
                >
                  {t("assistance.end_role")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      ),
    },
  ];
  return (
    <>
      <ResourceTable
        id="assisted_users"
        title={t("assistance.users")}
        shape={SHAPE}
        columns={columns}
        queryKey={["operator", "assisted_users", sa]}
        fetchPage={(query) => listAssistedUsers(sa, query)}
        trackBy={(user) => user.person_id}
        actions={<Button onClick={() => setDialog({ kind: "name" })}>{t("assistance.name_administrator")}</Button>}
        empty={<Empty title={t("assistance.none")} text={t("assistance.none_text")} />}
      />
      {dialog?.kind === "name" && (
        <NameAdministrator sa={sa} onNamed={(mail) => done(t("assistance.named", { mail }))} onClose={close} />
      )}
      {dialog?.kind === "end" && (
        <Confirm
          title={t("assistance.end_role_title")}
          confirm={t("assistance.end_role")}
          action={() => endAssistedGrant(sa, dialog.grant.role_grant_id)}
          onClose={close}
          onDone={() => done(t("assistance.role_ended"))}
        >
          {t("assistance.end_role_text", { name: called(dialog.user), role: roleOf(dialog.grant) })}
        </Confirm>
      )}
    </>
  );
}

interface NameAdministratorProps {
  sa: string;
  onNamed: (mail: string) => void;
  onClose: () => void;
}

function NameAdministrator({ sa, onNamed, onClose }: NameAdministratorProps) {
  const { t } = useTranslation();
  const [mail, setMail] = useState("");
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const name = useMutation({
    mutationFn: (address: string) => nameAssistedAdministrator(sa, address, keys.keyFor(address)),
    onSuccess: (_, address) => onNamed(address),
  });
  const { problem, errorOf } = useRefusal(name);
  const isEmpty = mail.trim() === "";
  return (
    <FormModal
      title={t("assistance.name_administrator")}
      submit={t("assistance.name_administrator")}
      pending={name.isPending}
      problem={problem}
      onSubmit={() => {
        setTried(true);
        if (!isEmpty) name.mutate(mail.trim());
      }}
      onClose={onClose}
    >
      <FormField label={t("assistance.mail")} errorText={tried && isEmpty ? t("fields.empty") : errorOf("mail")}>
        <Input type="email" value={mail} onChange={({ detail }) => setMail(detail.value)} />
      </FormField>
    </FormModal>
  );
}
