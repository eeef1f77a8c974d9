// Who may do what: the people of an account and their roles.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { listUsers, revokeRole } from "../../api/calls";
import type { AccountUser, RoleGrant } from "../../api/types";
import { accountKey } from "../../live/keys";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { formatDate, formatName } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { GrantForm } from "./grant_form";
import { useVirtualAccounts } from "./use_virtual_accounts";

const SHAPE: ListShape = {};

type Dialog = { kind: "grant"; mail: string } | { kind: "revoke"; user: AccountUser; grant: RoleGrant };

export function UsersTab({ sa }: { sa: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const { items: virtualAccounts } = useVirtualAccounts(sa);
  const nameOf = useMemo(
    () => new Map(virtualAccounts.map((item) => [item.virtual_account_id, item.name])),
    [virtualAccounts],
  );
  const scopeOf = (grant: RoleGrant) =>
    grant.virtual_account_id === undefined
      ? t("users.whole_account")
      : (nameOf.get(grant.virtual_account_id) ?? grant.virtual_account_id);
  const done = (text: string) => {
    setDialog(null);
    flash({ type: "success", content: text });
    void queryClient.invalidateQueries({ queryKey: ["account", sa] });
  };
  const columns: Column<AccountUser>[] = [
    {
      id: "name",
      header: t("users.name"),
      isRowHeader: true,
      minWidth: 170,
      cell: (item) => (
        <>
          {formatName(language, item)}
          <Box variant="small" display="block" color="text-body-secondary">
            {item.mail}
          </Box>
        </>
      ),
    },
    {
      id: "grants",
      header: t("users.roles"),
      minWidth: 400,
      cell: (item) => (
        <ul className="menkyo-checklist">
          {item.grants.map((grant) => (
            <li key={grant.role_grant_id}>
              {t("users.grant", { role: t(`roles.${grant.role}`), scope: scopeOf(grant) })}
              {grant.ends_at !== undefined && ` ${t("users.until", { date: formatDate(language, grant.ends_at) })}`}{" "}
              <Button
                variant="inline-link"
                ariaLabel={t("users.revoke_of", {
                  role: t(`roles.${grant.role}`),
                  scope: scopeOf(grant),
                  name: formatName(language, item),
                })}
                onClick={() => setDialog({ kind: "revoke", user: item, grant })}
              >
                {t("users.revoke")}
              </Button>
            </li>
          ))}
        </ul>
      ),
    },
    {
      id: "actions",
      header: t("common.actions"),
      minWidth: 150,
      cell: (item) => (
        <Button
          variant="inline-link"
          ariaLabel={t("users.add_role_of", { name: formatName(language, item) })}
          onClick={() => setDialog({ kind: "grant", mail: item.mail })}
        >
          {t("users.add_role")}
        </Button>
      ),
    },
  ];
  return (
    <>
      <ResourceTable
        id="users"
        title={t("users.title")}
        description={t("users.description")}
        shape={SHAPE}
        columns={columns}
        queryKey={accountKey(sa, "users")}
        fetchPage={(query) => listUsers(sa, query)}
        trackBy={(item) => item.person_id}
        actions={
          <Button variant="primary" onClick={() => setDialog({ kind: "grant", mail: "" })}>
            {t("users.add")}
          </Button>
        }
        empty={<Empty title={t("users.none")} text={t("users.none_text")} />}
      />
      {dialog?.kind === "grant" && (
        <GrantForm
          sa={sa}
          mail={dialog.mail}
          virtualAccounts={virtualAccounts}
          onClose={() => setDialog(null)}
          onGranted={(mail) => done(t("users.granted", { mail }))}
        />
      )}
      {dialog?.kind === "revoke" && (
        <Confirm
          title={t("users.revoke_title")}
          confirm={t("users.revoke")}
          action={() => revokeRole(sa, dialog.grant.role_grant_id)}
          onClose={() => setDialog(null)}
          onDone={() => done(t("users.revoked", { mail: dialog.user.mail }))}
        >
          {t("users.revoke_text", {
            name: formatName(language, dialog.user),
            role: t(`roles.${dialog.grant.role}`),
            scope: scopeOf(dialog.grant),
          })}
        </Confirm>
      )}
    </>
  );
}
