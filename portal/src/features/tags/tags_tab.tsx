// The custom tags of an account, for those who see the whole of it.
import Badge from "@cloudscape-design/components/badge";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteCustomTag } from "../../api/calls";
import type { CustomTag } from "../../api/types";
import { Confirm } from "../../ui/confirm";
import { formatNumber } from "../../ui/format";
import { OrDash } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { useLanguage } from "../../ui/use_language";
import { WholeTable } from "../../ui/whole_table";
import { useDone } from "../properties/use_done";
import { TagForm } from "./tag_form";
import { tagWord, useTags } from "./use_tags";

type Dialog = { kind: "create" } | { kind: "edit" | "delete"; tag: CustomTag };

export function TagsTab({ sa, mayEdit }: { sa: string; mayEdit: boolean }) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const query = useTags(sa, true);
  const columns = useColumns(sa, mayEdit, setDialog);
  const done = useDone(sa);
  const close = () => setDialog(null);
  const saved = (text: string) => {
    close();
    done(text);
  };
  const create = (
    <Button variant="primary" onClick={() => setDialog({ kind: "create" })}>
      {t("tags.create")}
    </Button>
  );
  return (
    <>
      <WholeTable
        title={t("tags.title")}
        description={t("tags.text")}
        query={query}
        trackBy={(tag) => tag.custom_tag_id}
        columns={columns}
        actions={mayEdit && create}
        none={{ title: t("tags.none"), text: t("tags.none_text") }}
      />
      {dialog?.kind === "create" && (
        <TagForm sa={sa} onSaved={(tag) => saved(t("tags.created", { name: tag.name }))} onClose={close} />
      )}
      {dialog?.kind === "edit" && (
        <TagForm
          sa={sa}
          tag={dialog.tag}
          onSaved={(tag) => saved(t("tags.changed", { name: tag.name }))}
          onClose={close}
        />
      )}
      {dialog?.kind === "delete" && (
        <Confirm
          title={t("tags.delete_title", { name: dialog.tag.name })}
          confirm={t("tags.delete")}
          action={() => deleteCustomTag(sa, dialog.tag.custom_tag_id, dialog.tag.version)}
          onClose={close}
          onDone={() => saved(t("tags.deleted", { name: dialog.tag.name }))}
        >
          <DeletionText sa={sa} tag={dialog.tag} />
        </Confirm>
      )}
    </>
  );
}

// How many virtual accounts carry the tag by now, which may have changed since the dialog was opened.
function DeletionText({ sa, tag }: { sa: string; tag: CustomTag }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const tags = useTags(sa, true).data?.items;
  const count = (tags?.find((each) => each.custom_tag_id === tag.custom_tag_id) ?? tag).virtual_account_count;
  return count === 0
    ? t("tags.delete_unused")
    : t("tags.delete_used", { count, formatted: formatNumber(language, count) });
}

function useColumns(sa: string, mayEdit: boolean, open: (dialog: Dialog) => void) {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns: TableProps.ColumnDefinition<CustomTag>[] = [
    { id: "name", header: t("tags.name"), isRowHeader: true, minWidth: 150, cell: (tag) => tag.name },
    {
      id: "values",
      header: t("tags.values"),
      minWidth: 200,
      cell: (tag) =>
        tag.values.length === 0 ? (
          <OrDash />
        ) : (
          <SpaceBetween direction="horizontal" size="xxs">
            {tag.values.map((value) => (
              <Badge key={value}>{value}</Badge>
            ))}
          </SpaceBetween>
        ),
    },
    {
      id: "count",
      header: t("virtual_accounts.title"),
      minWidth: 110,
      cell: (tag) =>
        tag.virtual_account_count === 0 ? (
          <OrDash />
        ) : (
          <RouteLink to={`/accounts/${sa}/manage?tab=virtual_accounts&tag=${tagWord(tag.custom_tag_id)}`}>
            {t("tags.carried", {
              count: tag.virtual_account_count,
              formatted: formatNumber(language, tag.virtual_account_count),
            })}
          </RouteLink>
        ),
    },
  ];
  if (!mayEdit) return columns;
  return [
    ...columns,
    {
      id: "actions",
      header: t("common.actions"),
      minWidth: 120,
      cell: (tag: CustomTag) => (
        <SpaceBetween direction="horizontal" size="s">
          <Button
            variant="inline-link"
            ariaLabel={t("tags.edit_title", { name: tag.name })}
            onClick={() => open({ kind: "edit", tag })}
          >
            {t("tags.edit")}
          </Button>
          <Button
            variant="inline-link"
            ariaLabel={t("tags.delete_of", { name: tag.name })}
            onClick={() => open({ kind: "delete", tag })}
          >
            {t("tags.delete")}
          </Button>
        </SpaceBetween>
      ),
    },
  ];
}
