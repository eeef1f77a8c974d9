import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeAccountProperties } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { AccountProperties } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { useEntries } from "../people/use_entries";

interface NameFormProps {
  properties: AccountProperties;
  onSaved: () => void;
  onClose: () => void;
}

export function NameForm({ properties, onSaved, onClose }: NameFormProps) {
  const { t } = useTranslation();
  const [missing, setMissing] = useState(false);
  const form = useEntries({ name: properties.name });
  const name = form.entries.name.trim();
  const save = useMutation({
    mutationFn: () => changeAccountProperties(properties.smart_account_id, properties.version, { name }),
    onSuccess: onSaved,
  });
  const problem = save.isError ? asProblem(save.error) : null;
  return (
    <FormModal
      title={t("properties.change.name")}
      submit={t("common.save")}
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
        label={t("account.name")}
        description={t("properties.name_help")}
        errorText={missing && name === "" ? t("fields.empty") : form.errorOf(problem, "name")}
      >
        <Input name="name" value={form.entries.name} onChange={({ detail }) => form.put({ name: detail.value })} />
      </FormField>
    </FormModal>
  );
}
