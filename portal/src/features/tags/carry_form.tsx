// Which tags a virtual account carries, and each with which of its values.
import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { setVirtualAccountTags } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { VirtualAccount } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { fieldText } from "../../ui/problem_alert";
import { ofTagWord, tagOptions, tagWord, useTags } from "./use_tags";

interface CarryFormProps {
  sa: string;
  item: VirtualAccount;
  onSaved: (saved: VirtualAccount) => void;
  onClose: () => void;
}

export function CarryForm({ sa, item, onSaved, onClose }: CarryFormProps) {
  const { t } = useTranslation();
  const query = useTags(sa, true);
  const [words, setWords] = useState(() => item.tags.map((tag) => tagWord(tag.custom_tag_id, tag.value)));
  const options = useMemo(() => tagOptions(query.data?.items ?? []), [query.data]);
  const save = useMutation({
    mutationFn: () => setVirtualAccountTags(sa, item.virtual_account_id, item.version, { tags: words.map(ofTagWord) }),
    onSuccess: onSaved,
  });
  const problem = save.isError ? asProblem(save.error) : null;
  const wrong = problem?.fields.find((field) => field.path.startsWith("/tags"));
  return (
    <FormModal
      title={t("tags.carry_title", { name: item.name })}
      submit={t("common.save")}
      pending={save.isPending}
      problem={problem}
      onClose={onClose}
      onSubmit={() => save.mutate()}
    >
      <FormField label={t("tags.title")} description={t("tags.carry_help")} errorText={fieldText(t, wrong)}>
        <Multiselect
          filteringType="auto"
          virtualScroll
          expandToViewport
          options={options}
          selectedOptions={options.filter((option) => words.includes(option.value))}
          placeholder={t("tags.choose")}
          filteringPlaceholder={t("tags.search")}
          filteringAriaLabel={t("tags.search")}
          deselectAriaLabel={(option) => t("tags.take", { name: option.label ?? "" })}
          statusType={query.isPending ? "loading" : query.isError ? "error" : "finished"}
          loadingText={t("common.loading")}
          errorText={t("problems.network.title")}
          recoveryText={t("common.retry")}
          onLoadItems={() => query.isError && query.refetch()}
          empty={t("tags.none")}
          noMatch={t("table.no_match")}
          onChange={({ detail }) => setWords((before) => chosen(before, detail.selectedOptions))}
        />
      </FormField>
    </FormModal>
  );
}

// What is chosen last replaces what was chosen of the same tag.
export function chosen(before: readonly string[], selected: readonly { value?: string }[]): string[] {
  const now = selected.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const added = now.filter((word) => !before.includes(word));
  const replaced = new Set(added.map((word) => ofTagWord(word).custom_tag_id));
  return now.filter((word) => added.includes(word) || !replaced.has(ofTagWord(word).custom_tag_id));
}
