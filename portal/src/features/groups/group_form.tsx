import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createUserGroup, renameUserGroup } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { UserGroup } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { useEntries } from "../people/use_entries";

interface GroupFormProps {
  sa: string;
  // Given: this one gets another name.
  group?: UserGroup;
  onSaved: (saved: UserGroup) => void;
  onClose: () => void;
}

export function GroupForm({ sa, group, onSaved, onClose }: GroupFormProps) {
  const { t } = useTranslation();
  const form = useEntries({ name: group?.name ?? "" });
  const [missing, setMissing] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const name = form.entries.name.trim();
  const save = useMutation({
    mutationFn: () =>
      group === undefined
        ? createUserGroup(sa, { name }, keys.keyFor({ name }))
        : renameUserGroup(sa, group.user_group_id, group.version, name),
    onSuccess: onSaved,
  });
  const problem = save.isError ? asProblem(save.error) : null;
  return (
    <FormModal
      title={group === undefined ? t("groups.create") : t("groups.rename_title", { name: group.name })}
      submit={t(group === undefined ? "common.create" : "common.save")}
      pending={save.isPending}
      problem={form.rest(problem)}
      onClose={onClose}
      onSubmit={() => {
        setMissing(name === "");
        form.send();
        if (name !== "") save.mutate();
      }}
    >
      <FormField
        label={t("groups.name")}
        errorText={missing && name === "" ? t("fields.empty") : form.errorOf(problem, "name")}
      >
        <Input name="name" value={form.entries.name} onChange={({ detail }) => form.put({ name: detail.value })} />
      </FormField>
    </FormModal>
  );
}
