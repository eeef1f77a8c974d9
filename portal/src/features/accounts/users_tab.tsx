// Who may do what: the people of an account and their roles.
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { listUsers, revokeRole, sendInvitation } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { AccountUser, RoleGrant } from "../../api/types";
import { accountKey } from "../../live/keys";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { formatDate, formatName } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { problemText } from "../../ui/problem_alert";
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
  const navigate = useNavigate();
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
  // Whoever was invited has no name yet.
  const called = (user: AccountUser) => (user.family_name === "" ? user.mail : formatName(language, user));
  const done = (text: string) => {
    setDialog(null);
    flash({ type: "success", content: text });
    void queryClient.invalidateQueries({ queryKey: ["account", sa] });
  };
  const inviteAgain = useMutation({
    // Any role will do: the mail names it, and its link serves them all.
    mutationFn: (user: AccountUser) => sendInvitation(sa, user.grants[0]?.role_grant_id ?? ""),
    onSuccess: (_, { mail }) => done(t("users.invited_again", { mail })),
    onError: (error, { mail }) => {
      const problem = asProblem(error);
      if (problem.code === "conflict") done(t("users.invite_accepted", { mail }));
      else if (problem.code === "too_many_requests")
        flash({ type: "warning", content: t("users.invite_enough", { mail }) });
      else {
        const text = problemText(t, problem);
        flash({ type: "error", header: text.title, content: text.help });
      }
    },
  });
  const columns: Column<AccountUser>[] = [
    {
      id: "name",
      header: t("users.name"),
      isRowHeader: true,
      minWidth: 170,
      cell: (item) => (
        <>
          {called(item)}
          {item.is_invited && (
            <div>
              <Badge color="blue">{t("users.invited")}</Badge>
            </div>
          )}
          {called(item) !== item.mail && (
            <Box variant="small" display="block" color="text-body-secondary">
              {item.mail}
            </Box>
          )}
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
              {grant.group_name !== undefined ? (
                <Badge>{t("users.through_group", { group: grant.group_name })}</Badge>
              ) : (
                <Button
                  variant="inline-link"
                  ariaLabel={t("users.revoke_of", {
                    role: t(`roles.${grant.role}`),
                    scope: scopeOf(grant),
                    name: called(item),
                  })}
                  onClick={() => setDialog({ kind: "revoke", user: item, grant })}
                >
                  {t("users.revoke")}
                </Button>
              )}
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
        <SpaceBetween size="xxs">
          <Button
            variant="inline-link"
            ariaLabel={t("users.add_role_of", { name: called(item) })}
            onClick={() => setDialog({ kind: "grant", mail: item.mail })}
          >
            {t("users.add_role")}
          </Button>
          {item.is_invited && (
            <Button
              variant="inline-link"
              ariaLabel={t("users.invite_again_of", { mail: item.mail })}
              loading={inviteAgain.isPending && inviteAgain.variables === item}
              onClick={() => inviteAgain.mutate(item)}
            >
              {t("users.invite_again")}
            </Button>
          )}
        </SpaceBetween>
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
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => navigate(`/accounts/${sa}/users_from_file`)}>{t("users.add_from_file")}</Button>
            <Button variant="primary" onClick={() => setDialog({ kind: "grant", mail: "" })}>
              {t("users.add")}
            </Button>
          </SpaceBetween>
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
            name: called(dialog.user),
            role: t(`roles.${dialog.grant.role}`),
            scope: scopeOf(dialog.grant),
          })}
        </Confirm>
      )}
    </>
  );
}
