// Another administrator as the account's creator.
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeAccountCreator, listUsers } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { AccountProperties, AccountUser } from "../../api/types";
import { accountKey } from "../../live/keys";
import { FormModal } from "../../ui/form_modal";
import { formatName } from "../../ui/format";
import { useLanguage } from "../../ui/use_language";
import { useEntries } from "../people/use_entries";

interface CreatorFormProps {
  properties: AccountProperties;
  onSaved: () => void;
  onClose: () => void;
}

// Users cannot be asked for by role, so all are read, page after page; there are few where one administers all.
async function administratorsOf(sa: string): Promise<AccountUser[]> {
  const found: AccountUser[] = [];
  let cursor: string | undefined;
  do {
    const page = await listUsers(sa, { limit: 200, cursor });
    found.push(...page.items.filter((user) => user.grants.some((grant) => grant.role === "sa_admin")));
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  return found;
}

export function CreatorForm({ properties, onSaved, onClose }: CreatorFormProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const sa = properties.smart_account_id;
  const [tried, setTried] = useState(false);
  const form = useEntries({ person_id: properties.creator?.person_id ?? "" });
  const { person_id } = form.entries;
  const query = useQuery({
    queryKey: accountKey(sa, "users", "", "administrators"),
    queryFn: () => administratorsOf(sa),
  });
  const save = useMutation({
    mutationFn: () => changeAccountCreator(sa, properties.version, person_id),
    onSuccess: onSaved,
  });
  const problem = save.isError ? asProblem(save.error) : null;
  const options = (query.data ?? []).map((user) => ({
    value: user.person_id,
    label: user.family_name === "" ? user.mail : formatName(language, user),
    description: user.mail,
  }));
  return (
    <FormModal
      title={t("properties.change.creator")}
      submit={t("common.save")}
      pending={save.isPending}
      problem={form.rest(problem)}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        form.send();
        if (person_id !== "") save.mutate();
      }}
    >
      <FormField
        label={t("properties.creator")}
        description={t("properties.creator_help")}
        errorText={tried && person_id === "" ? t("properties.creator_missing") : form.errorOf(problem, "person_id")}
      >
        <Select
          options={options}
          selectedOption={options.find((option) => option.value === person_id) ?? null}
          placeholder={t("properties.creator_missing")}
          statusType={query.isError ? "error" : query.isPending ? "loading" : "finished"}
          loadingText={t("common.loading")}
          errorText={t("problems.network.title")}
          recoveryText={t("common.retry")}
          onLoadItems={() => query.isError && query.refetch()}
          empty={t("table.no_match")}
          expandToViewport
          onChange={({ detail }) => form.put({ person_id: detail.selectedOption.value ?? "" })}
        />
      </FormField>
    </FormModal>
  );
}
