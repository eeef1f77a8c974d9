// Groups of users, for those who manage the users of the whole account.
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import type { TableProps } from "@cloudscape-design/components/table";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteUserGroup, revokeUserGroupRole } from "../../api/calls";
import type { UserGroup } from "../../api/types";
import { Confirm } from "../../ui/confirm";
import { formatDate, formatNumber } from "../../ui/format";
import { OrDash } from "../../ui/resource_table";
import { useLanguage } from "../../ui/use_language";
import { WholeTable } from "../../ui/whole_table";
import { useVirtualAccounts } from "../accounts/use_virtual_accounts";
import { useDone } from "../properties/use_done";
import { GroupForm } from "./group_form";
import { GroupRoleForm } from "./group_role_form";
import { Members } from "./members";
import { useGroups } from "./use_groups";

type GroupGrant = UserGroup["grants"][number];

const GROUP_DIALOGS = ["members", "add_role", "rename", "delete"] as const;
type Dialog =
  | { kind: "create" }
  | { kind: (typeof GROUP_DIALOGS)[number]; group: UserGroup }
  | { kind: "revoke"; group: UserGroup; grant: GroupGrant };

export function GroupsTab({ sa }: { sa: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const { items: virtualAccounts } = useVirtualAccounts(sa);
  const query = useGroups(sa);
  const scopeOf = useScope(sa);
  const columns = useColumns(scopeOf, setDialog);
  const done = useDone(sa);
  const close = () => setDialog(null);
  const saved = (text: string) => {
    close();
    done(text);
  };
  return (
    <>
      <WholeTable
        title={t("groups.title")}
        description={t("groups.text")}
        query={query}
        trackBy={(group) => group.user_group_id}
        columns={columns}
        actions={
          <Button variant="primary" onClick={() => setDialog({ kind: "create" })}>
            {t("groups.create")}
          </Button>
        }
        none={{ title: t("groups.none"), text: t("groups.none_text") }}
      />
      {dialog?.kind === "create" && (
        <GroupForm sa={sa} onSaved={({ name }) => saved(t("groups.created", { name }))} onClose={close} />
      )}
      {dialog?.kind === "rename" && (
        <GroupForm
          sa={sa}
          group={dialog.group}
          onSaved={({ name }) => saved(t("groups.renamed", { name }))}
          onClose={close}
        />
      )}
      {dialog?.kind === "members" && <Members sa={sa} group={dialog.group} onClose={close} />}
      {dialog?.kind === "add_role" && (
        <GroupRoleForm
          sa={sa}
          group={dialog.group}
          virtualAccounts={virtualAccounts}
          onSaved={({ name }) => saved(t("groups.role_added", { name }))}
          onClose={close}
        />
      )}
      {dialog?.kind === "delete" && (
        <Confirm
          title={t("groups.delete_title", { name: dialog.group.name })}
          confirm={t("groups.delete")}
          action={() => deleteUserGroup(sa, dialog.group.user_group_id, dialog.group.version)}
          onClose={close}
          onDone={() => saved(t("groups.deleted", { name: dialog.group.name }))}
        >
          {t("groups.delete_text", { formatted: formatNumber(language, dialog.group.member_count) })}
        </Confirm>
      )}
      {dialog?.kind === "revoke" && (
        <Confirm
          title={t("groups.revoke_title")}
          confirm={t("groups.revoke")}
          action={() => revokeUserGroupRole(sa, dialog.group.user_group_id, dialog.grant.group_grant_id)}
          onClose={close}
          onDone={() => saved(t("groups.role_revoked", { name: dialog.group.name }))}
        >
          {t("groups.revoke_text", {
            name: dialog.group.name,
            role: t(`roles.${dialog.grant.role}`),
            scope: scopeOf(dialog.grant),
          })}
        </Confirm>
      )}
    </>
  );
}

function useScope(sa: string) {
  const { t } = useTranslation();
  const { items } = useVirtualAccounts(sa);
  const nameOf = useMemo(() => new Map(items.map((item) => [item.virtual_account_id, item.name])), [items]);
  return (grant: GroupGrant) =>
    grant.virtual_account_id === undefined
      ? t("users.whole_account")
      : (nameOf.get(grant.virtual_account_id) ?? grant.virtual_account_id);
}

function useColumns(
  scopeOf: (grant: GroupGrant) => string,
  open: (dialog: Dialog) => void,
): TableProps.ColumnDefinition<UserGroup>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  return [
    { id: "name", header: t("groups.name"), isRowHeader: true, minWidth: 140, cell: (group) => group.name },
    {
      id: "members",
      header: t("groups.members"),
      minWidth: 150,
      cell: (group) => {
        const members = t("groups.member_count", {
          count: group.member_count,
          formatted: formatNumber(language, group.member_count),
        });
        return (
          <Button
            variant="inline-link"
            ariaLabel={t("groups.member_count_of", { members, name: group.name })}
            onClick={() => open({ kind: "members", group })}
          >
            {members}
          </Button>
        );
      },
    },
    {
      id: "roles",
      header: t("groups.roles"),
      minWidth: 320,
      cell: (group) =>
        group.grants.length === 0 ? (
          <OrDash />
        ) : (
          <ul className="menkyo-checklist">
            {group.grants.map((grant) => (
              <li key={grant.group_grant_id}>
                {t("users.grant", { role: t(`roles.${grant.role}`), scope: scopeOf(grant) })}
                {grant.ends_at !== undefined && ` ${t("users.until", { date: formatDate(language, grant.ends_at) })}`}{" "}
                <Button
                  variant="inline-link"
                  ariaLabel={t("groups.revoke_of", {
                    name: group.name,
                    role: t(`roles.${grant.role}`),
                    scope: scopeOf(grant),
                  })}
                  onClick={() => open({ kind: "revoke", group, grant })}
                >
                  {t("groups.revoke")}
                </Button>
              </li>
            ))}
          </ul>
        ),
    },
    {
      id: "actions",
      header: t("common.actions"),
      minWidth: 90,
      cell: (group) => (
        <ButtonDropdown
          variant="inline-icon"
          ariaLabel={t("groups.actions_of", { name: group.name })}
          expandToViewport
          items={GROUP_DIALOGS.map((id) => ({ id, text: t(`groups.${id}`) }))}
          onItemClick={({ detail }) => {
            const kind = GROUP_DIALOGS.find((each) => each === detail.id);
            if (kind !== undefined) open({ kind, group });
          }}
        />
      ),
    },
  ];
}
