import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeCustomTag, createCustomTag } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import type { CustomTag } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { fieldText, useRefusal } from "../../ui/problem_alert";

interface TagFormProps {
  sa: string;
  // Given: this one is changed.
  tag?: CustomTag;
  onSaved: (saved: CustomTag) => void;
  onClose: () => void;
}

export function TagForm({ sa, tag, onSaved, onClose }: TagFormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(tag?.name ?? "");
  const [lines, setLines] = useState(tag?.values.join("\n") ?? "");
  const [missing, setMissing] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const values = lines
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const save = useMutation({
    mutationFn: () => {
      const record = { name: name.trim(), values };
      return tag === undefined
        ? createCustomTag(sa, record, keys.keyFor(record))
        : changeCustomTag(sa, tag.custom_tag_id, tag.version, record);
    },
    onSuccess: onSaved,
  });
  const { problem, errorOf } = useRefusal(save);
  // What is wrong with one value names its line.
  const wrong = problem?.fields.find((field) => field.path.startsWith("/values"));
  const line = wrong === undefined ? undefined : values[Number(wrong.path.slice("/values/".length))];
  const wrongText = [line, fieldText(t, wrong)].filter((part) => part !== undefined).join(": ");
  return (
    <FormModal
      title={tag === undefined ? t("tags.create") : t("tags.edit_title", { name: tag.name })}
      submit={t(tag === undefined ? "common.create" : "common.save")}
      pending={save.isPending}
      problem={problem}
      onClose={onClose}
      onSubmit={() => {
        setMissing(name.trim() === "");
        if (name.trim() !== "") save.mutate();
      }}
    >
      <FormField label={t("tags.name")} errorText={missing ? t("fields.empty") : errorOf("name")}>
        <Input name="name" value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label={t("tags.values")} description={t("tags.values_help")} errorText={wrongText}>
        <Textarea name="values" rows={6} value={lines} onChange={({ detail }) => setLines(detail.value)} />
      </FormField>
    </FormModal>
  );
}
