import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteVirtualAccount, listVirtualAccounts, makeDefaultVirtualAccount } from "../../api/calls";
import type { VirtualAccount } from "../../api/types";
import { accountKey } from "../../live/keys";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { formatDate, formatNumber } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, OrDash, ResourceTable } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { CarriedTags } from "../tags/carried_tags";
import { CarryForm } from "../tags/carry_form";
import { tagOptions, useTags, withTagFilter } from "../tags/use_tags";
import { MoveForm } from "./move_form";
import { VirtualAccountForm } from "./virtual_account_form";

const SHAPE: ListShape = { filters: { tag: "all" } };

const ITEM_DIALOGS = ["edit", "tags", "move", "make_default", "delete"] as const;
type Dialog =
  | { kind: "create"; parent?: VirtualAccount }
  | { kind: (typeof ITEM_DIALOGS)[number]; item: VirtualAccount };

interface VirtualAccountsTabProps {
  sa: string;
  mayCreate: boolean;
  // The whole account, and so all its tags.
  seesWhole: boolean;
}

export function VirtualAccountsTab({ sa, mayCreate, seesWhole }: VirtualAccountsTabProps) {
  const { t } = useTranslation();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const columns = useColumns(sa, setDialog);
  const tags = useTags(sa, seesWhole).data?.items ?? [];
  const done = (text: string) => {
    setDialog(null);
    flash({ type: "success", content: text });
    void queryClient.invalidateQueries({ queryKey: ["account", sa] });
  };
  return (
    <>
      <ResourceTable
        id="virtual_accounts"
        title={t("virtual_accounts.title")}
        shape={SHAPE}
        columns={columns}
        queryKey={accountKey(sa, "virtual_accounts", "", "list")}
        fetchPage={(query) => listVirtualAccounts(sa, withTagFilter(query))}
        trackBy={(item) => item.virtual_account_id}
        searchLabel={t("virtual_accounts.search")}
        filters={
          tags.length === 0
            ? undefined
            : [
                {
                  name: "tag",
                  label: t("tags.one"),
                  options: [{ value: "all", label: t("tags.all") }, ...tagOptions(tags)],
                },
              ]
        }
        actions={
          mayCreate && (
            <Button variant="primary" onClick={() => setDialog({ kind: "create" })}>
              {t("virtual_accounts.create")}
            </Button>
          )
        }
        empty={<Empty title={t("virtual_accounts.none")} text={t("virtual_accounts.none_text")} />}
      />
      {dialog?.kind === "create" && (
        <VirtualAccountForm
          sa={sa}
          parent={dialog.parent}
          onClose={() => setDialog(null)}
          onSaved={(saved) => done(t("virtual_accounts.created", { name: saved.name }))}
        />
      )}
      {dialog?.kind === "edit" && (
        <VirtualAccountForm
          sa={sa}
          item={dialog.item}
          onClose={() => setDialog(null)}
          onSaved={(saved) => done(t("virtual_accounts.changed", { name: saved.name }))}
        />
      )}
      {dialog?.kind === "tags" && (
        <CarryForm
          sa={sa}
          item={dialog.item}
          onClose={() => setDialog(null)}
          onSaved={(saved) => done(t("virtual_accounts.changed", { name: saved.name }))}
        />
      )}
      {dialog?.kind === "move" && (
        <MoveForm
          sa={sa}
          item={dialog.item}
          onClose={() => setDialog(null)}
          onMoved={(moved) => done(t("virtual_accounts.moved", { name: moved.name }))}
        />
      )}
      {dialog?.kind === "make_default" && (
        <Confirm
          title={t("virtual_accounts.make_default_title", { name: dialog.item.name })}
          confirm={t("virtual_accounts.make_default")}
          action={() => makeDefaultVirtualAccount(sa, dialog.item.virtual_account_id, dialog.item.version)}
          onClose={() => setDialog(null)}
          onDone={() => done(t("virtual_accounts.made_default", { name: dialog.item.name }))}
        >
          {t("virtual_accounts.make_default_text")}
        </Confirm>
      )}
      {dialog?.kind === "delete" && (
        <Confirm
          title={t("virtual_accounts.delete_title", { name: dialog.item.name })}
          confirm={t("virtual_accounts.delete")}
          action={() => deleteVirtualAccount(sa, dialog.item.virtual_account_id, dialog.item.version)}
          onClose={() => setDialog(null)}
          onDone={() => done(t("virtual_accounts.deleted", { name: dialog.item.name }))}
        >
          {t("virtual_accounts.delete_text")}
        </Confirm>
      )}
    </>
  );
}

function useColumns(sa: string, open: (dialog: Dialog) => void): Column<VirtualAccount>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  return [
    {
      id: "name",
      header: t("virtual_accounts.name"),
      isRowHeader: true,
      minWidth: 200,
      cell: (item) => (
        <>
          {item.path_names.length > 1 && (
            <Box variant="small" display="block" color="text-body-secondary">
              {item.path_names.slice(0, -1).join(" / ")}
            </Box>
          )}
          <RouteLink to={`/accounts/${sa}/licenses/${item.virtual_account_id}`}>{item.name}</RouteLink>{" "}
          {item.is_default && <Badge>{t("virtual_accounts.is_default")}</Badge>}
        </>
      ),
    },
    { id: "number", header: t("virtual_accounts.number"), cell: (item) => String(item.number) },
    {
      id: "description",
      header: t("virtual_accounts.description"),
      minWidth: 150,
      cell: (item) => <OrDash>{item.description}</OrDash>,
    },
    {
      id: "tags",
      header: t("tags.title"),
      minWidth: 150,
      cell: (item) => <CarriedTags tags={item.tags} />,
    },
    {
      id: "commerce_access",
      header: t("virtual_accounts.commerce_access"),
      cell: (item) => t(`commerce_access.${item.commerce_access}`),
    },
    {
      id: "child_count",
      header: t("virtual_accounts.child_count"),
      numeric: true,
      cell: (item) => formatNumber(language, item.child_count),
    },
    {
      id: "created_at",
      header: t("virtual_accounts.created_at"),
      cell: (item) => formatDate(language, item.created_at),
    },
    {
      id: "actions",
      header: t("common.actions"),
      minWidth: 110,
      cell: (item) => <RowActions item={item} open={open} />,
    },
  ];
}

function RowActions({ item, open }: { item: VirtualAccount; open: (dialog: Dialog) => void }) {
  const { t } = useTranslation();
  const items = [
    ...(item.abilities.includes("virtual_account_create")
      ? [{ id: "child", text: t("virtual_accounts.create_below") }]
      : []),
    ...(item.abilities.includes("account_edit")
      ? [
          { id: "edit", text: t("virtual_accounts.edit") },
          { id: "tags", text: t("tags.carry") },
          { id: "move", text: t("virtual_accounts.move") },
          ...(item.is_default ? [] : [{ id: "make_default", text: t("virtual_accounts.make_default") }]),
          {
            id: "delete",
            text: t("virtual_accounts.delete"),
            disabled: item.is_default || item.child_count > 0,
            disabledReason: t(item.is_default ? "virtual_accounts.is_default_text" : "virtual_accounts.has_children"),
          },
        ]
      : []),
  ];
  if (items.length === 0) return <OrDash />;
  return (
    <ButtonDropdown
      variant="inline-icon"
      ariaLabel={t("virtual_accounts.actions_of", { name: item.name })}
      expandToViewport
      items={items}
      onItemClick={({ detail }) => {
        const kind = ITEM_DIALOGS.find((each) => each === detail.id);
        open(kind === undefined ? { kind: "create", parent: item } : { kind, item });
      }}
    />
  );
}
