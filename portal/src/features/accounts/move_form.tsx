// Moves a virtual account with all below it to another place in the tree.
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { moveVirtualAccount } from "../../api/calls";
import type { VirtualAccount } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { useRefusal } from "../../ui/problem_alert";
import { useVirtualAccounts } from "./use_virtual_accounts";

interface MoveFormProps {
  sa: string;
  item: VirtualAccount;
  onMoved: (moved: VirtualAccount) => void;
  onClose: () => void;
}

// No identifier is empty, so the empty one can stand for "below none".
const OUTERMOST = "";

export function MoveForm({ sa, item, onMoved, onClose }: MoveFormProps) {
  const { t } = useTranslation();
  const { items, query, is_complete } = useVirtualAccounts(sa);
  const here = item.parent_id ?? OUTERMOST;
  const [parent, setParent] = useState(here);
  const [tried, setTried] = useState(false);
  const move = useMutation({
    mutationFn: () =>
      moveVirtualAccount(sa, item.virtual_account_id, item.version, parent === OUTERMOST ? undefined : parent),
    onSuccess: onMoved,
  });
  const options = useMemo(() => {
    // The list is in the order of the tree: what is above comes first.
    const moved = new Set([item.virtual_account_id]);
    for (const { virtual_account_id, parent_id } of items) {
      if (parent_id !== undefined && moved.has(parent_id)) moved.add(virtual_account_id);
    }
    const places = items.filter((place) => !moved.has(place.virtual_account_id));
    return [
      { value: OUTERMOST, label: t("virtual_accounts.move_outermost") },
      ...places.map((place) => ({ value: place.virtual_account_id, label: place.path_names.join(" / ") })),
    ];
  }, [items, item.virtual_account_id, t]);
  const { problem, errorOf } = useRefusal(move);
  const stays = tried && parent === here ? t("virtual_accounts.move_here") : undefined;
  return (
    <FormModal
      title={t("virtual_accounts.move_title", { name: item.name })}
      submit={t("virtual_accounts.move")}
      pending={move.isPending}
      problem={problem}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (parent !== here) move.mutate();
      }}
    >
      <FormField
        label={t("virtual_accounts.move_to")}
        description={t("virtual_accounts.move_text")}
        errorText={stays ?? errorOf("parent_id")}
      >
        <Select
          filteringType="auto"
          virtualScroll
          options={options}
          selectedOption={options.find((option) => option.value === parent) ?? null}
          placeholder={t("licenses.choose_virtual_account")}
          statusType={query.isError ? "error" : is_complete ? "finished" : "loading"}
          loadingText={t("common.loading")}
          errorText={t("problems.network.title")}
          recoveryText={t("common.retry")}
          onLoadItems={() => query.isError && query.refetch()}
          empty={t("table.no_match")}
          expandToViewport
          onChange={({ detail }) => setParent(detail.selectedOption.value ?? OUTERMOST)}
        />
      </FormField>
    </FormModal>
  );
}
